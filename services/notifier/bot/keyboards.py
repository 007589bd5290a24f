"""Inline keyboards. The callback data of a button is an action with a signature, so that a chat can only press what it was sent."""

from __future__ import annotations

import base64
import hashlib
import hmac

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from services.notifier.domain.messages import Button, Buttons


class Press(CallbackData, prefix="p", sep="|"):
    """What Telegram returns when a button is pressed; at most 64 bytes."""

    signature: str
    action: str


def press(action: str, chat_id: str, token: str) -> Press:
    """The data of a button in a chat. ``token``: of the bot; the key of the signature comes from it."""
    key = hashlib.sha256(b"buttons:" + token.encode()).digest()
    digest = hmac.new(key, f"{chat_id}\n{action}".encode(), hashlib.sha256).digest()
    return Press(signature=base64.urlsafe_b64encode(digest[:6]).decode(), action=action)


def is_genuine(pressed: Press, chat_id: str, token: str) -> bool:
    """Whether the bot sent this button to this chat."""
    return hmac.compare_digest(press(pressed.action, chat_id, token).signature.encode(), pressed.signature.encode())


def keyboard(buttons: Buttons, chat_id: str, token: str) -> InlineKeyboardMarkup | None:
    """An inline keyboard for a chat, or None without buttons."""
    if not buttons:
        return None
    return InlineKeyboardMarkup(inline_keyboard=[[_button(each, chat_id, token) for each in row] for row in buttons])


def _button(button: Button, chat_id: str, token: str) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(text=button.label, url=button.url)
    return InlineKeyboardButton(text=button.label, callback_data=press(button.action, chat_id, token).pack())
