"""The destination of a message."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Address:
    """A chat of a channel, or one topic of a forum in it."""

    channel: str
    chat_id: str
    thread_id: int = 0
    """Telegram's ``message_thread_id``; 0 means no topic: the chat itself, or a forum's General topic."""
