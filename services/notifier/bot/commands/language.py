"""/lang: the language."""

from __future__ import annotations

from dataclasses import replace

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.recipients import Chat
from services.notifier.domain.settings_replies import language_screen
from services.notifier.words.catalogue import LANGUAGES, phrase


async def lang(chat: Chat, arguments: str, chats: ChatStore, clock: TimeAndRandom) -> Reply:
    """Choose the language."""
    wanted = arguments.strip().casefold()[:2]
    if wanted not in LANGUAGES:
        return language_screen(chat)
    await chats.save(replace(chat, language=wanted), clock.now())
    return Reply(phrase(wanted, "language"))
