"""/start: introduces the bot and begins the first steps."""

from __future__ import annotations

from dataclasses import replace

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import Button, Reply
from services.notifier.domain.ports import ChatStore
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import LANGUAGES, phrase


async def start(chat: Chat, arguments: str, chats: ChatStore, clock: TimeAndRandom) -> Reply:  # noqa: ARG001 - a deep link's payload
    """Introduce the bot and activate the chat; the buttons choose the language, and the next steps follow."""
    await chats.save(replace(chat, active=True), clock.now())
    languages = tuple(Button(phrase(each, "language-name"), f"setup language {each}") for each in LANGUAGES)
    return Reply(phrase(chat.language, "start"), (languages,))
