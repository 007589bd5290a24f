"""Alerts on news: who wants a story, when it is too old, and what becomes of its message when it grows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.notifier.domain.delivery import DUE, NEVER, DeliveryRow, DeliveryStatus
from services.notifier.domain.recipients import Chat
from shared.events import Story

LEAST: Final = 0.3
"""The lowest importance that a chat may choose."""
EDIT_INTERVAL: Final = 300_000
"""Milliseconds between two changes of a story's message."""


@dataclass(frozen=True)
class StoryMessage:
    """The row of a story in a chat."""

    row: DeliveryRow
    language: str
    """The chat's."""
    updated_at: int
    alone: bool = True
    """Whether no other row is in its message: a digest is not edited."""


@dataclass(frozen=True)
class StoryEdit:
    """The row of a story whose message is edited. It has the message's id, and is used again for each edit."""

    row: DeliveryRow
    updated_at: int


def edit_id(story_id: str) -> str:
    """The id of the rows that edit the messages of a story."""
    return hashlib.sha256(f"edit {story_id}".encode()).hexdigest()[:32]


def parse_importance(text: str) -> float | None:
    """An importance from 0.3 to 1; 0 for ``off``; None where the text says neither.

    >>> [parse_importance(text) for text in ("0.5", "1", "off", "끔", "0.2", "1.1", "nan", "0.5.5", "")]
    [0.5, 1.0, 0.0, 0.0, None, None, None, None, None]
    """
    plain = text.strip().casefold()
    if plain in {"off", "끔", "해제"}:
        return 0.0
    digits = plain.replace(".", "", 1)
    if not digits.isascii() or not digits.isdigit() or len(plain) > 8:
        return None
    value = float(plain)
    return value if LEAST <= value <= 1 else None


def is_old_story(story: Story, now: int, expiry: int) -> bool:
    """Whether its newest article is too old to send. A replayed one never is: its times are those of its tape."""
    return not story.replayed and max(article.seen for article in story.articles) + expiry < now


def first_status(chat: Chat, now: int) -> DeliveryStatus:
    """The status of a new row of a story."""
    return DeliveryStatus.MUTED if chat.muted_until > now else DeliveryStatus.PENDING


def one_address(found: Sequence[Chat]) -> list[Chat]:
    """One address of each chat: that of its first topic."""
    chosen: dict[tuple[str, str], Chat] = {}
    for chat in sorted(found, key=lambda each: each.thread_id):
        chosen.setdefault((chat.channel, chat.chat_id), chat)
    return list(chosen.values())


def is_waiting(row: DeliveryRow) -> bool:
    """Whether the row is tried again, so that its content can still be replaced."""
    return row.status in DUE and row.next_try_at < NEVER


def edit_due(message: StoryMessage, edit: StoryEdit | None, now: int) -> int | None:
    """When the message of a story is to be edited; None where it cannot be: it was not sent, or as a digest, or is deleted."""
    if message.row.status is not DeliveryStatus.SENT or not message.row.message_id or not message.alone:
        return None
    if edit is None:
        return max(now, message.updated_at + EDIT_INTERVAL)
    if edit.row.status is DeliveryStatus.FAILED:
        return None
    return edit.row.next_try_at if is_waiting(edit.row) else max(now, edit.updated_at + EDIT_INTERVAL)
