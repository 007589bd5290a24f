"""The channel ``telegram``: an alert is a photo with a caption, or a text without a picture."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge
from aiogram.types import BufferedInputFile, LinkPreviewOptions

from services.notifier.adapters.telegram.api import ERRORS, outcome_of
from services.notifier.adapters.telegram.forum_topics import accepts_no_messages
from services.notifier.adapters.telegram.pictures import UNPARSED, refuses_picture
from services.notifier.bot.keyboards import keyboard
from services.notifier.domain.address import Address
from services.notifier.domain.messages import Alert
from services.notifier.domain.outcomes import Outcome, PermanentRejection, Sent
from services.notifier.domain.telegram_html import CAPTION_LIMIT, plain, visible
from services.notifier.words.catalogue import phrase

UNCHANGED = "message is not modified"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""A preview would show more of a linked article than its headline."""


class TelegramChannel:
    """Sends alerts through the Bot API."""

    name = "telegram"
    pictures = True
    one_server = True

    def __init__(self, bot: Bot, timeout: float) -> None:
        self._bot, self._timeout = bot, timeout

    async def send(self, to: Address, alert: Alert) -> Outcome:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._edit(to, alert) if alert.edits else await self._send_to_topic(to, alert)
        except ERRORS as error:
            return outcome_of(error, self._bot.token)

    async def _send_to_topic(self, to: Address, alert: Alert) -> Sent | PermanentRejection:
        """Send to the topic; to the chat itself with a note where the topic accepts no messages. General can be closed as well."""
        try:
            return Sent(str(await self._send(to.chat_id, to.thread_id or None, alert)))
        except TelegramBadRequest as error:
            if not accepts_no_messages(error):
                raise
            if not to.thread_id:
                return PermanentRejection(str(error), closed=True)
        noted = replace(alert, text=f"{phrase(alert.language, 'topic-gone')}\n{alert.text}")
        try:
            return Sent(str(await self._send(to.chat_id, None, noted)), redirected=True)
        except TelegramBadRequest as error:
            if not accepts_no_messages(error):
                raise
            return PermanentRejection(str(error), closed=True)

    async def _edit(self, to: Address, alert: Alert) -> Sent:
        """Replace the text of a message."""
        try:
            await self._bot.edit_message_text(
                alert.text, chat_id=to.chat_id, message_id=int(alert.edits), link_preview_options=NO_PREVIEW
            )
        except TelegramBadRequest as error:
            if UNCHANGED not in str(error):
                raise
        return Sent(alert.edits)

    async def _send(self, chat_id: str, thread_id: int | None, alert: Alert) -> int:
        buttons = keyboard(alert.buttons, chat_id, self._bot.token)
        about: dict[str, Any] = {
            "message_thread_id": thread_id,
            "reply_markup": buttons,
            "disable_notification": alert.silent or None,
        }
        if alert.picture is not None and visible(alert.text) <= CAPTION_LIMIT:
            photo = BufferedInputFile(alert.picture, f"{alert.key}.png")
            try:
                return (await self._bot.send_photo(chat_id, photo, caption=alert.text, **about)).message_id
            except (TelegramBadRequest, TelegramEntityTooLarge) as error:
                if not refuses_picture(error):
                    raise  # where the picture is the cause, nothing was delivered
        try:
            return (await self._bot.send_message(chat_id, alert.text, link_preview_options=NO_PREVIEW, **about)).message_id
        except TelegramBadRequest as error:
            if UNPARSED not in str(error):
                raise
        return (await self._bot.send_message(chat_id, plain(alert.text), parse_mode=None, **about)).message_id
