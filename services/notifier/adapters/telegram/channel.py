"""The channel ``telegram``: an alert is a photo with a caption, or a text where there is no picture."""

from __future__ import annotations

import asyncio
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup

from services.notifier.adapters.telegram.api import ERRORS, outcome_of
from services.notifier.domain.markup import CAPTION_LIMIT, visible
from services.notifier.domain.messages import Alert, Buttons
from services.notifier.domain.outcomes import Outcome, Sent

PICTURE_WORDS = ("photo", "image", "file", "wrong type")


class Telegram:
    """Sends alerts by the Bot API."""

    name = "telegram"
    pictures = True
    one_server = True

    def __init__(self, bot: Bot, timeout: float) -> None:
        self._bot, self._timeout = bot, timeout

    async def send(self, chat_id: str, alert: Alert) -> Outcome:
        try:
            async with asyncio.timeout(self._timeout):
                return Sent(str(await self._send(chat_id, alert)))
        except ERRORS as error:
            return outcome_of(error, self._bot.token)

    async def _send(self, chat_id: str, alert: Alert) -> int:
        keyboard = keyboard_of(alert.buttons)
        if alert.picture is not None and visible(alert.text) <= CAPTION_LIMIT:
            photo = BufferedInputFile(alert.picture, f"{alert.signal.id}.png")
            try:
                return (await self._bot.send_photo(chat_id, photo, caption=alert.text, reply_markup=keyboard)).message_id
            except (TelegramBadRequest, TelegramEntityTooLarge) as error:
                too_large = isinstance(error, TelegramEntityTooLarge)
                if not too_large and not any(word in str(error).casefold() for word in PICTURE_WORDS):
                    raise  # the picture was not the trouble; where it was, nothing has been delivered yet
        return (await self._bot.send_message(chat_id, alert.text, reply_markup=keyboard)).message_id


def keyboard_of(buttons: Buttons) -> Any:
    """An inline keyboard, or None without buttons."""
    if not buttons:
        return None
    rows = [[InlineKeyboardButton(text=button.label, callback_data=button.action) for button in row] for row in buttons]
    return InlineKeyboardMarkup(inline_keyboard=rows)
