"""/rules: which rule types the chat receives."""

from __future__ import annotations

from dataclasses import replace

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain import replies
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase


async def rules(chat: Chat, arguments: str, chats: ChatStore, clock: TimeAndRandom) -> Reply:
    """Show or change which rule types the chat receives."""
    words = arguments.split()
    if len(words) < 2 or words[0].lower() not in {"on", "off"}:
        return Reply(replies.rules_text(chat))
    wanted, missing = replies.changed_rules(chat, words[1:], wanted=words[0].lower() == "on")
    changed = replace(chat, rules=wanted)
    await chats.save(changed, clock.now())
    text = replies.rules_text(changed)
    if missing:
        text = phrase(chat.language, "rules-unknown", names=escape(", ".join(missing))) + "\n" + text
    return Reply(text)
