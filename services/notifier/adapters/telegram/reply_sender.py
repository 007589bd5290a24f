"""Sends the bot's replies: split where they are long, within the rate limits, to the topic of the question."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter
from aiogram.types import BufferedInputFile

from services.notifier.adapters.telegram.api import ERRORS, redacted
from services.notifier.adapters.telegram.channel import keyboard_of
from services.notifier.adapters.telegram.forum_topics import accepts_no_messages
from services.notifier.domain.address import Address
from services.notifier.domain.messages import Reply
from services.notifier.domain.rate_limits import RateLimiter
from services.notifier.domain.telegram_html import CAPTION_LIMIT, split, visible

Message = Callable[..., Awaitable[Any]]
"""Sends one message; called with the chat and the topic."""
LONGEST_WAIT: Final = 30.0
"""Longest ``retry_after`` that is waited for, seconds."""
_log = structlog.get_logger(__name__)


class ReplySender:
    """Sends replies with the rate limiter that alerts use too."""

    def __init__(self, bot: Bot, limiter: RateLimiter, ticking: Callable[[], float]) -> None:
        self._bot, self._limiter, self._ticking = bot, limiter, ticking

    async def send(self, to: Address, reply: Reply) -> None:
        """Send all parts. Raises the errors of ``api``."""
        for message in self._messages(reply):
            try:
                await self._in_turn(to, message)
            except TelegramRetryAfter as error:
                if error.retry_after > LONGEST_WAIT:
                    raise
                await self._in_turn(to, message)

    async def send_later(self, to: Address, reply: Reply) -> None:
        """Send what follows long after its command: nobody waits for the outcome, so a failure is logged."""
        try:
            await self.send(to, reply)
        except ERRORS as error:
            _log.warning("a later reply is not sent", error=redacted(f"{type(error).__name__}: {error}", self._bot.token))

    def _messages(self, reply: Reply) -> list[Message]:
        """The parts of the text, the last one with the buttons, and the pictures, the first one with a short text."""
        parts, keyboard = split(reply.text), keyboard_of(reply.buttons)
        photos = [BufferedInputFile(each, f"{n}.png") for n, each in enumerate(reply.pictures, 1)]
        if photos and len(parts) == 1 and visible(parts[0]) <= CAPTION_LIMIT:
            first = partial(self._bot.send_photo, photo=photos[0], caption=parts[0], reply_markup=keyboard)
            return [first, *(partial(self._bot.send_photo, photo=each) for each in photos[1:])]
        texts = [partial(self._bot.send_message, text=part) for part in parts[:-1]]
        texts.append(partial(self._bot.send_message, text=parts[-1], reply_markup=keyboard))
        return [*texts, *(partial(self._bot.send_photo, photo=each) for each in photos)]

    async def _in_turn(self, to: Address, message: Message) -> None:
        """Send one message within the rate limits; ``retry_after`` pauses the whole channel."""
        await self._wait_for_turn(to.chat_id)
        try:
            await self._to_topic(to, message)
        except TelegramRetryAfter as error:
            self._limiter.pause(self._ticking() + error.retry_after)
            raise

    async def _to_topic(self, to: Address, message: Message) -> None:
        try:
            await message(chat_id=to.chat_id, message_thread_id=to.thread_id or None)
        except TelegramBadRequest as error:
            if not to.thread_id or not accepts_no_messages(error):
                raise
            _log.warning("the topic accepts no messages: replied in the chat itself", thread=to.thread_id)
            await message(chat_id=to.chat_id)

    async def _wait_for_turn(self, chat_id: str) -> None:
        delay = 1.0
        while delay > 0:
            delay = self._limiter.take(chat_id, self._ticking())
            await asyncio.sleep(delay)  # an alert may have used the slot meanwhile
