"""The states of a delivery, and what each outcome does to it.

``pending -> sending`` is committed before the request is written, so that a crash in between is seen afterwards. Then::

    sending -> sent                    confirmed
    sending -> pending                 certainly not delivered: tried again until the alert is too old
    sending -> unknown (due again)     written, not answered: resent once and marked
    sending -> unknown (final)         the resend was not answered either
    sending -> failed | expired        never to be delivered, with the reason

So nothing is lost silently, and an alert arrives twice at most as often as its row counts unknowns.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from services.notifier.domain.address import Address
from services.notifier.domain.outcomes import Doubtful, Gone, Moved, Outcome, Refused, Rejected, Sent, Unanswered
from shared.backoff import delay

NEVER: Final = 253_402_300_799_000
"""``next_try_at`` of a row that is not tried again (the year 9999)."""
REASON_LENGTH: Final = 255


class DeliveryStatus(enum.StrEnum):
    """What the row of a delivery says."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    EXPIRED = "expired"
    MUTED = "muted"


DUE: Final = (DeliveryStatus.PENDING, DeliveryStatus.UNKNOWN)
"""The states that are picked up when their time has come."""


@dataclass(frozen=True)
class DeliveryRow:
    """One alert for one address, as its row says."""

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

    @property
    def address(self) -> Address:
        """Where it goes."""
        return Address(self.channel, self.chat_id, self.thread_id)

    @property
    def key(self) -> tuple[str, Address]:
        """What the row is found by."""
        return self.signal_id, self.address


@dataclass(frozen=True)
class Change:
    """What becomes of a row after an attempt."""

    status: DeliveryStatus
    unknowns: int
    next_try_at: int = NEVER
    message_id: str = ""
    error: str = ""

    @property
    def final(self) -> bool:
        """True when the row is never tried again: its outcome can be reported."""
        return self.next_try_at == NEVER


@dataclass(frozen=True)
class Policy:
    """How patiently deliveries are tried. Milliseconds."""

    first_wait: int = 1_000
    longest_wait: int = 60_000
    resends: int = 1
    """How often an alert is sent again after it was written and not answered."""
    doubtful_tries: int = 10
    """How many tries an alert gets in all while gateways answer for the other side."""
    expiry: int = 21_600_000
    """Age at which an alert is no longer worth sending."""


def after(delivery: DeliveryRow, outcome: Outcome, now: int, policy: Policy, chance: float) -> Change:
    """What the row becomes; ``chance`` in [0, 1) spreads the waits. ``delivery`` is the row as it was while sending.

    >>> row = DeliveryRow("s", "telegram", "1", DeliveryStatus.SENDING, 1, 0, 0, "", "", 0)
    >>> after(row, Unanswered("cut"), 0, Policy(), 0.5).status, after(row, Sent("7"), 0, Policy(), 0.5).final
    (<DeliveryStatus.UNKNOWN: 'unknown'>, True)
    """
    unknowns = delivery.unknowns
    match outcome:
        case Sent(message_id):
            return Change(DeliveryStatus.SENT, unknowns, message_id=_fit(message_id)[:64])
        case Refused(reason, retry_after):
            pause = wait(delivery.tries, policy, chance) if retry_after is None else int(retry_after * 1000)
            return _again(delivery, DeliveryStatus.PENDING, unknowns, now + pause, reason)
        case Unanswered(reason):
            final = unknowns >= policy.resends
            when = NEVER if final else now + wait(delivery.tries, policy, chance)
            return Change(DeliveryStatus.UNKNOWN, unknowns + 1, when, error=_fit(reason))
        case Doubtful(reason):
            final = delivery.tries >= policy.doubtful_tries
            when = NEVER if final else now + wait(delivery.tries, policy, chance)
            return Change(DeliveryStatus.UNKNOWN, unknowns + 1, when, error=_fit(reason))
        case Rejected(reason) | Gone(reason):
            return Change(DeliveryStatus.FAILED, unknowns, error=_fit(reason))
        case Moved():
            return _again(delivery, DeliveryStatus.PENDING, unknowns, now, "the chat has moved")


def _again(delivery: DeliveryRow, status: DeliveryStatus, unknowns: int, when: int, reason: str) -> Change:
    """Back in the queue; a row that was unknown once stays unknown, since it may have been delivered then."""
    kept = DeliveryStatus.UNKNOWN if delivery.unknowns else status
    return Change(kept, unknowns, when, error=_fit(reason))


def _fit(reason: str) -> str:
    """As the column takes it: half of a surrogate pair, which JSON can hold, is no text."""
    return reason.encode(errors="replace").decode()[:REASON_LENGTH]


def wait(tries: int, policy: Policy, chance: float) -> int:
    """Milliseconds before the next try: doubling, capped, between half and all of it by ``chance``.

    >>> wait(1, Policy(), 1.0), wait(3, Policy(), 0.0), wait(50, Policy(), 1.0)
    (1000, 2000, 60000)
    """
    return int(delay(max(tries, 1) - 1, policy.first_wait, policy.longest_wait, chance))
