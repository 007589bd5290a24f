"""Sends the bot's replies: split where they are long, within the rate limits, to the topic of the question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge, TelegramRetryAfter
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup

from services.notifier.adapters.telegram.api import ERRORS, redacted
from services.notifier.adapters.telegram.forum_topics import accepts_no_messages
from services.notifier.adapters.telegram.pictures import UNPARSED, refuses_picture
from services.notifier.bot.keyboards import keyboard
from services.notifier.domain.address import Address
from services.notifier.domain.messages import Reply
from services.notifier.domain.rate_limits import RateLimiter
from services.notifier.domain.telegram_html import CAPTION_LIMIT, plain, split, visible

LONGEST_WAIT: Final = 30.0
"""Longest ``retry_after`` that is waited for, seconds."""
UNCHANGED: Final = "message is not modified"
_log = structlog.get_logger(__name__)


class ReplySender:
    """Sends replies with the rate limiter that alerts use too."""

    def __init__(self, bot: Bot, limiter: RateLimiter, ticking: Callable[[], float]) -> None:
        self._bot, self._limiter, self._ticking = bot, limiter, ticking

    async def send(self, to: Address, reply: Reply, edited: int | None = None) -> None:
        """Send all parts; ``edited``: the message to replace where the reply has one part. Raises the errors of ``api``."""
        buttons = keyboard(reply.buttons, to.chat_id, self._bot.token)
        if reply.picture is not None and visible(reply.text) <= CAPTION_LIMIT:
            await self._part(to, reply.text, buttons, picture=reply.picture)
            return
        parts = split(reply.text)
        for i, part in enumerate(parts):
            last = i == len(parts) - 1
            await self._part(to, part, buttons if last else None, edited if len(parts) == 1 else None)

    async def send_later(self, to: Address, reply: Reply) -> None:
        """Send what follows long after its command: nobody waits for the outcome, so a failure is logged."""
        try:
            await self.send(to, reply)
        except ERRORS as error:
            _log.warning("a later reply is not sent", error=redacted(f"{type(error).__name__}: {error}", self._bot.token))

    async def _part(
        self,
        to: Address,
        part: str,
        buttons: InlineKeyboardMarkup | None,
        edited: int | None = None,
        picture: bytes | None = None,
    ) -> None:
        """Send one message; once more after a short ``retry_after``."""
        for last in (False, True):
            await self._wait_for_turn(to.chat_id)
            try:
                await self._message(to, part, buttons, edited, picture)
            except TelegramRetryAfter as error:  # it pauses the whole channel
                self._limiter.pause(self._ticking() + error.retry_after)
                if last or error.retry_after > LONGEST_WAIT:
                    raise
            else:
                return

    async def _message(
        self, to: Address, part: str, buttons: InlineKeyboardMarkup | None, edited: int | None, picture: bytes | None
    ) -> None:
        try:
            if edited is None or not await self._edit(to, edited, part, buttons):
                await self._send(to, to.thread_id, part, buttons, picture)
        except TelegramBadRequest as error:
            if UNPARSED in str(error):
                _log.error("Telegram cannot parse a reply: sent as plain text", error=str(error)[:200])
                await self._bot.send_message(
                    to.chat_id, plain(part), message_thread_id=to.thread_id or None, reply_markup=buttons, parse_mode=None
                )
                return
            if not to.thread_id or not accepts_no_messages(error):
                raise
            _log.warning("the topic accepts no messages: replied in the chat itself", thread=to.thread_id)
            await self._send(to, 0, part, buttons, picture)

    async def _send(
        self, to: Address, thread_id: int, part: str, buttons: InlineKeyboardMarkup | None, picture: bytes | None
    ) -> None:
        if picture is not None:
            photo, thread = BufferedInputFile(picture, "chart.png"), thread_id or None
            try:
                await self._bot.send_photo(to.chat_id, photo, message_thread_id=thread, caption=part, reply_markup=buttons)
            except (TelegramBadRequest, TelegramEntityTooLarge) as error:
                if not refuses_picture(error):
                    raise
                _log.warning("Telegram refuses a picture: sent as text", error=str(error)[:200])
            else:
                return
        await self._bot.send_message(to.chat_id, part, message_thread_id=thread_id or None, reply_markup=buttons)

    async def _edit(self, to: Address, message_id: int, part: str, buttons: InlineKeyboardMarkup | None) -> bool:
        """Replace the text and the buttons of a message; False where it cannot be edited, as a picture or an old one."""
        try:
            await self._bot.edit_message_text(part, chat_id=to.chat_id, message_id=message_id, reply_markup=buttons)
        except TelegramBadRequest as error:
            return UNCHANGED in str(error)
        return True

    async def _wait_for_turn(self, chat_id: str) -> None:
        delay = 1.0
        while delay > 0:
            delay = self._limiter.take(chat_id, self._ticking())
            await asyncio.sleep(delay)  # an alert may have used the slot meanwhile
