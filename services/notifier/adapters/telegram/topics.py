"""Topics of forums: which one a message stands in, and that one takes no messages any more.

``message_thread_id`` alone does not say topic: replies in any group carry one, and sending to it fails. General has none to send
to, not even the 1 that it is known by (github.com/tdlib/telegram-bot-api, issues 356, 447 and 798).
"""

from __future__ import annotations

from typing import Final

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InaccessibleMessage, Message

GENERAL: Final = 1
GONE: Final = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")


def topic_of(message: Message | InaccessibleMessage | None) -> int:
    """The topic's ``message_thread_id``; 0 outside of topics and in General."""
    if not isinstance(message, Message) or not message.is_topic_message or message.message_thread_id == GENERAL:
        return 0
    return message.message_thread_id or 0


def takes_no_messages(error: TelegramBadRequest) -> bool:
    """Whether a message was refused because its topic was closed or deleted, or the group is no forum any more."""
    words = str(error).casefold()
    return any(gone in words for gone in GONE)
