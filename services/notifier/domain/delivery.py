"""The states of a delivery, and the transition for each outcome.

``pending -> sending`` is committed before the request is written, so a crash in between is detected later. Then::

    sending -> sent                    confirmed
    sending -> pending                 certainly not delivered: retried until the alert is too old
    sending -> unknown (due again)     written, no response: resent once and marked
    sending -> unknown (final)         no response to the resend either
    sending -> failed | expired        will never be delivered, with the reason

So nothing is lost without a record, and an alert has at most as many duplicates as its row counts unknowns.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.notifier.domain.address import Address
from services.notifier.domain.outcomes import (
    ChatMigrated,
    ChatUnavailable,
    DoubtfulOutcome,
    NoResponse,
    Outcome,
    PermanentRejection,
    Sent,
    TemporaryRefusal,
)
from shared.backoff import delay

NEVER: Final = 253_402_300_799_000
"""``next_try_at`` of a row that is final (the year 9999)."""
REASON_LENGTH: Final = 255


class DeliveryStatus(enum.StrEnum):
    """The status of a delivery's row."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    EXPIRED = "expired"
    MUTED = "muted"


class Priority(enum.IntEnum):
    """Which deliveries come first where many are due."""

    URGENT = 0
    """What a user asked for by a condition, and what the bot has to say to one chat."""
    PREMIUM = 1
    """Signals for chats that have paid."""
    ORDINARY = 2
    FOR_MANY = 3
    """Broadcasts and briefings."""


DUE: Final = (DeliveryStatus.PENDING, DeliveryStatus.UNKNOWN)
"""The statuses that are tried when ``next_try_at`` has passed."""


@dataclass(frozen=True)
class DeliveryRow:
    """One alert for one address: a row of ``deliveries``."""

    signal_id: str
    channel: str
    chat_id: str
    status: DeliveryStatus
    tries: int
    unknowns: int
    next_try_at: int
    body: str
    traceparent: str
    created_at: int
    thread_id: int = 0
    kind: str = "signal"
    """``signal``; ``notice``: a text of the bot; ``story``: of news; ``edit``: a change of a story's message. Only outcomes of
    signals are reported."""
    message_id: str = ""
    """The message that it was sent as, or that it edits."""

    @property
    def address(self) -> Address:
        """The destination."""
        return Address(self.channel, self.chat_id, self.thread_id)

    @property
    def key(self) -> tuple[str, Address]:
        """The primary key of the row."""
        return self.signal_id, self.address


@dataclass(frozen=True)
class RowChange:
    """The new values of a row after an attempt."""

    status: DeliveryStatus
    unknowns: int
    next_try_at: int = NEVER
    message_id: str = ""
    error: str = ""

    @property
    def final(self) -> bool:
        """Whether the row is final: its outcome can be reported."""
        return self.next_try_at == NEVER


@dataclass(frozen=True)
class RetryPolicy:
    """Limits of retries. Milliseconds."""

    first_wait: int = 1_000
    longest_wait: int = 60_000
    resends: int = 1
    """How often an alert is resent after a request without a response."""
    doubtful_tries: int = 10
    """Most attempts of an alert while gateways respond with errors."""
    expiry: int = 21_600_000
    """Age at which an alert is too old to send."""


def apply_outcome(delivery: DeliveryRow, outcome: Outcome, now: int, policy: RetryPolicy, chance: float) -> RowChange:
    """The change of a row after an outcome. ``chance`` in [0, 1) is the jitter; ``delivery`` is the row as it was claimed.

    >>> row = DeliveryRow("s", "telegram", "1", DeliveryStatus.SENDING, 1, 0, 0, "", "", 0)
    >>> apply_outcome(row, NoResponse("cut"), 0, RetryPolicy(), 0.5).status
    <DeliveryStatus.UNKNOWN: 'unknown'>
    >>> apply_outcome(row, Sent("7"), 0, RetryPolicy(), 0.5).final
    True
    """
    unknowns = delivery.unknowns
    match outcome:
        case Sent(message_id):
            return RowChange(DeliveryStatus.SENT, unknowns, message_id=_fit(message_id)[:64])
        case TemporaryRefusal(reason, retry_after):
            pause = retry_delay(delivery.tries, policy, chance) if retry_after is None else int(retry_after * 1000)
            return _again(delivery, DeliveryStatus.PENDING, unknowns, now + pause, reason)
        case NoResponse(reason):
            final = unknowns >= policy.resends
            when = NEVER if final else now + retry_delay(delivery.tries, policy, chance)
            return RowChange(DeliveryStatus.UNKNOWN, unknowns + 1, when, error=_fit(reason))
        case DoubtfulOutcome(reason):
            final = delivery.tries >= policy.doubtful_tries
            when = NEVER if final else now + retry_delay(delivery.tries, policy, chance)
            return RowChange(DeliveryStatus.UNKNOWN, unknowns + 1, when, error=_fit(reason))
        case PermanentRejection(reason) | ChatUnavailable(reason):
            return RowChange(DeliveryStatus.FAILED, unknowns, error=_fit(reason))
        case ChatMigrated():
            return _again(delivery, DeliveryStatus.PENDING, unknowns, now, "the chat has moved")


def apply_to_message(
    rows: Sequence[DeliveryRow], outcome: Outcome, now: int, policy: RetryPolicy, chance: float
) -> list[tuple[DeliveryRow, RowChange]]:
    """The change of each row of one message. What is tried again is due at one time, the latest, so that it stays one message."""
    changes = [apply_outcome(row, outcome, now, policy, chance) for row in rows]
    latest = max((change.next_try_at for change in changes if not change.final), default=NEVER)
    together = [change if change.final else replace(change, next_try_at=latest) for change in changes]
    return list(zip(rows, together, strict=True))


def _again(delivery: DeliveryRow, status: DeliveryStatus, unknowns: int, when: int, reason: str) -> RowChange:
    """Try again later. A row that was unknown once stays unknown, since that request may have been delivered."""
    kept = DeliveryStatus.UNKNOWN if delivery.unknowns else status
    return RowChange(kept, unknowns, when, error=_fit(reason))


def _fit(reason: str) -> str:
    """Fit the column. JSON can contain lone surrogates, which the database refuses."""
    return reason.encode(errors="replace").decode()[:REASON_LENGTH]


def retry_delay(tries: int, policy: RetryPolicy, chance: float) -> int:
    """Milliseconds until the next try: exponential, capped; ``chance`` scales it between half and all of it.

    >>> retry_delay(1, RetryPolicy(), 1.0), retry_delay(3, RetryPolicy(), 0.0), retry_delay(50, RetryPolicy(), 1.0)
    (1000, 2000, 60000)
    """
    return int(delay(max(tries, 1) - 1, policy.first_wait, policy.longest_wait, chance))
