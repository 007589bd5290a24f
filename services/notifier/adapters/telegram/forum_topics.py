"""Topics of forums: the topic of a message, and errors of closed topics.

``message_thread_id`` alone does not mean a topic: replies in any group have one, and sending to it fails. General has no id to send
to, not even its own id 1 (github.com/tdlib/telegram-bot-api, issues 356, 447 and 798).
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


def accepts_no_messages(error: TelegramBadRequest) -> bool:
    """Whether the message was refused because its topic was closed or deleted, or the group is no forum any more."""
    words = str(error).casefold()
    return any(gone in words for gone in GONE)
