"""Whether Telegram refused a message because of its picture: then the text is sent without it."""

from __future__ import annotations

from typing import Final

from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge

UNPARSED: Final = "can't parse entities"
_WORDS: Final = (UNPARSED, "photo", "image", "file", "wrong type")


def refuses_picture(error: TelegramBadRequest | TelegramEntityTooLarge) -> bool:
    """Whether the picture, or the caption with it, is the cause. Groups can forbid photos alone."""
    return isinstance(error, TelegramEntityTooLarge) or any(word in str(error).casefold() for word in _WORDS)
