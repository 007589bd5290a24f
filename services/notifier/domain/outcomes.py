"""The possible outcomes of one attempt to send an alert. Every channel maps each result to exactly one of these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """The receiver confirmed it."""

    message_id: str = ""
    redirected: bool = False
    """It was sent to the chat itself, since its topic accepts no messages any more."""


@dataclass(frozen=True)
class Refused:
    """Certainly not delivered, but can be retried: no connection, or the receiver refused it for now."""

    reason: str
    retry_after: float | None = None
    """Seconds to wait, as the receiver requested."""


@dataclass(frozen=True)
class Unanswered:
    """The request was written but no response came: it may have been delivered."""

    reason: str


@dataclass(frozen=True)
class Doubtful:
    """A gateway responded instead of the receiver: probably not delivered, but it may have been."""

    reason: str


@dataclass(frozen=True)
class Rejected:
    """The receiver will never accept this alert: no retry."""

    reason: str


@dataclass(frozen=True)
class Gone:
    """The chat blocked the bot or does not exist any more: it is to be switched off."""

    reason: str


@dataclass(frozen=True)
class Moved:
    """The chat has a new id; nothing was delivered."""

    chat_id: str


Outcome = Sent | Refused | Unanswered | Doubtful | Rejected | Gone | Moved
