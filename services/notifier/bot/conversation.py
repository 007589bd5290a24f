"""Middlewares of messages and pressed buttons: the normal form of texts, limits of a person, the settings of the chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject

from services.notifier.bot.channel import CHANNEL
from services.notifier.bot.dialogs import remember
from services.notifier.bot.incoming import Incoming, origin
from services.notifier.bot.people import People
from services.notifier.delivery import metrics
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.commands import normal_line
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import phrase

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]
INCOMING: Final = "incoming"
CHAT: Final = "chat"


class NormalText(BaseMiddleware):
    """Outer: filters see a message's text in normal form. Messages without a text, and of channels, have no handler."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        if isinstance(event, Message):
            if not event.text or origin(event) is None:
                return None
            event = event.model_copy(update={"text": normal_line(event.text)})
        return await handler(event, data)


class Conversation(BaseMiddleware):
    """Inner: runs a handler with ``incoming`` and ``chat``, and stores what its reply expects."""

    def __init__(
        self,
        chats: ChatStore,
        clock: TimeAndRandom,
        people: People,
        language: str,
        allowed: frozenset[str],
        operators: frozenset[str],
    ) -> None:
        """``language``: of new chats; ``allowed``: chats that get answers, all where empty, and ``operators`` always."""
        self._chats, self._clock, self._people = chats, clock, people
        self._language, self._allowed, self._operators = language, allowed, operators

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Reply | None:
        incoming = origin(event) if isinstance(event, Message | CallbackQuery) else None
        if incoming is None:
            return None
        now = self._clock.ticking()
        if not self._people.may_ask(incoming.person, now):
            metrics.UPDATES.labels("flood").inc()
            warned = self._people.may_be_warned(incoming.person, now)
            return Reply(phrase(self._language, "slow-down"), notice=True) if warned else None
        if self._allowed and incoming.chat_id not in self._allowed and incoming.user_id not in self._operators:
            metrics.UPDATES.labels("not allowed").inc()
            warned = self._people.may_be_warned(incoming.person, now)
            return Reply(phrase(self._language, "not-listed"), notice=True) if warned else None
        reply: Reply | None = await handler(event, data | {INCOMING: incoming, CHAT: await self._chat(incoming)})
        await remember(data["state"], reply, data["raw_state"])
        return reply

    async def _chat(self, incoming: Incoming) -> Chat:
        known = await self._chats.get(CHANNEL, incoming.chat_id)
        chat = known or Chat(CHANNEL, incoming.chat_id, incoming.user_id, incoming.kind, _language(incoming, self._language))
        return replace(chat, thread_id=incoming.thread_id)


def _language(incoming: Incoming, default: str) -> str:
    """The language of a new chat: in a private one that of the person's Telegram, where it is known."""
    return incoming.language if incoming.kind == "private" and incoming.language else default
