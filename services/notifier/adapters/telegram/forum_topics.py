"""Errors of topics of forums that accept no messages."""

from __future__ import annotations

from typing import Final

from aiogram.exceptions import TelegramBadRequest

GONE: Final = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")


def accepts_no_messages(error: TelegramBadRequest) -> bool:
    """Whether the message was refused because its topic was closed or deleted, or the group is no forum any more."""
    words = str(error).casefold()
    return any(gone in words for gone in GONE)
