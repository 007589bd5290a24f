"""The possible outcomes of one attempt to send an alert. Every channel maps each result to exactly one of these.

``label`` is the value of the label ``outcome`` in the metrics and of ``outcome`` in the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Sent:
    """The receiver confirmed it."""

    label: ClassVar[str] = "sent"
    message_id: str = ""
    redirected: bool = False
    """It was sent to the chat itself, since its topic accepts no messages any more."""


@dataclass(frozen=True)
class TemporaryRefusal:
    """Certainly not delivered, but can be retried: no connection, or the receiver refused it for now."""

    label: ClassVar[str] = "refused"
    reason: str
    retry_after: float | None = None
    """Seconds to wait, as the receiver requested."""


@dataclass(frozen=True)
class NoResponse:
    """The request was written but no response came: it may have been delivered."""

    label: ClassVar[str] = "unanswered"
    reason: str


@dataclass(frozen=True)
class DoubtfulOutcome:
    """A gateway responded instead of the receiver: probably not delivered, but it may have been."""

    label: ClassVar[str] = "doubtful"
    reason: str


@dataclass(frozen=True)
class PermanentRejection:
    """The receiver will never accept this alert: no retry."""

    label: ClassVar[str] = "rejected"
    reason: str
    closed: bool = False
    """Neither its topic nor the chat itself accepts messages."""


@dataclass(frozen=True)
class ChatUnavailable:
    """The chat blocked the bot or does not exist any more: it is to be switched off."""

    label: ClassVar[str] = "gone"
    reason: str


@dataclass(frozen=True)
class ChatMigrated:
    """The chat has a new id; nothing was delivered."""

    label: ClassVar[str] = "moved"
    chat_id: str


Outcome = Sent | TemporaryRefusal | NoResponse | DoubtfulOutcome | PermanentRejection | ChatUnavailable | ChatMigrated
