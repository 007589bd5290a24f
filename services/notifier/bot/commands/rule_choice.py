"""Chooses the kinds of signals that a chat gets, for /settings."""

from __future__ import annotations

from dataclasses import replace

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.recipients import PROVISIONAL, Chat
from services.notifier.domain.replies import changed_rules
from services.notifier.domain.settings_replies import rules_screen


async def choose_rules(chat: Chat, value: str, chats: ChatStore, clock: TimeAndRandom) -> Reply:
    """The screen of rules. ``value``: ``[PAGE] [on|off NAME]``, or ``PAGE usual``, which takes every choice back."""
    first, *words = value.split() or ["0"]
    page = int(first) if first.isascii() and first.isdigit() and len(first) < 4 else 0
    changed = chat
    if words == ["usual"]:
        changed = replace(chat, rules={PROVISIONAL: True} if chat.wants_provisional else {})
    elif len(words) == 2 and words[0] in {"on", "off"}:
        changed = replace(chat, rules=changed_rules(chat, words[1:], wanted=words[0] == "on")[0])
    if changed != chat:
        await chats.save(changed, clock.now())
    return rules_screen(changed, page)
