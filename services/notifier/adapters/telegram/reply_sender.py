"""Sends the bot's replies: split where they are long, within the rate limits, to the topic of the question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter
from aiogram.types import InlineKeyboardMarkup

from services.notifier.adapters.telegram.channel import keyboard_of
from services.notifier.adapters.telegram.forum_topics import accepts_no_messages
from services.notifier.domain.address import Address
from services.notifier.domain.messages import Reply
from services.notifier.domain.rate_limits import RateLimiter
from services.notifier.domain.telegram_html import split

LONGEST_WAIT: Final = 30.0
"""Longest ``retry_after`` that is waited for, seconds."""
_log = structlog.get_logger(__name__)


class ReplySender:
    """Sends replies with the rate limiter that alerts use too."""

    def __init__(self, bot: Bot, limiter: RateLimiter, ticking: Callable[[], float]) -> None:
        self._bot, self._limiter, self._ticking = bot, limiter, ticking

    async def send(self, to: Address, reply: Reply) -> None:
        """Send all parts. Raises the errors of ``api``."""
        parts = split(reply.text)
        for i, part in enumerate(parts):
            keyboard = keyboard_of(reply.buttons) if i == len(parts) - 1 else None
            try:
                await self._part(to, part, keyboard)
            except TelegramRetryAfter as error:
                if error.retry_after > LONGEST_WAIT:
                    raise
                await self._part(to, part, keyboard)

    async def _part(self, to: Address, part: str, keyboard: InlineKeyboardMarkup | None) -> None:
        """Send one message within the rate limits; ``retry_after`` pauses the whole channel."""
        await self._wait_for_turn(to.chat_id)
        try:
            await self._message(to, part, keyboard)
        except TelegramRetryAfter as error:
            self._limiter.pause(self._ticking() + error.retry_after)
            raise

    async def _message(self, to: Address, part: str, keyboard: InlineKeyboardMarkup | None) -> None:
        try:
            await self._bot.send_message(to.chat_id, part, message_thread_id=to.thread_id or None, reply_markup=keyboard)
        except TelegramBadRequest as error:
            if not to.thread_id or not accepts_no_messages(error):
                raise
            _log.warning("the topic accepts no messages: replied in the chat itself", thread=to.thread_id)
            await self._bot.send_message(to.chat_id, part, reply_markup=keyboard)

    async def _wait_for_turn(self, chat_id: str) -> None:
        delay = 1.0
        while delay > 0:
            delay = self._limiter.take(chat_id, self._ticking())
            await asyncio.sleep(delay)  # an alert may have used the slot meanwhile
