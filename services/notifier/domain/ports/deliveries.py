"""The rows of deliveries, and the publishing of their outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from services.notifier.domain.delivery import DeliveryRow, DeliveryStatus, Priority, RowChange
from services.notifier.domain.pacing import RecentMessages
from services.notifier.domain.recipients import Chat, Recipient
from shared.events import Delivery as DeliveryEvent


class NewDelivery(msgspec.Struct, frozen=True):
    """A delivery that a signal or a notice requires."""

    signal_id: str
    """The signal's id, or the notice's."""
    chat: Chat | Recipient
    status: DeliveryStatus
    body: str
    traceparent: str = ""
    kind: str = "signal"
    paced: bool = True
    """Whether it counts for the pace of the chat: signals of rules do, those of the chat's own conditions do not."""
    priority: Priority = Priority.ORDINARY
    hold: int = 0
    """Milliseconds before it is due, so that signals of one bar come together."""


class NewDeliveries(Protocol):
    """Takes new deliveries. Raises TransientError when the database is not available."""

    async def add(self, deliveries: Sequence[NewDelivery], now: int) -> None:
        """Insert those that do not exist, all in one transaction."""


class DeliveryQueue(NewDeliveries, Protocol):
    """The rows of deliveries that are not final. All methods raise TransientError when the database is not available."""

    async def due(self, now: int, limit: int, excluding: Sequence[tuple[str, str]] = ()) -> list[DeliveryRow]:
        """Rows to try now, the most urgent first, and of those the longest due; ``excluding`` those of some (channel, chat id)."""

    async def due_of(self, channel: str, chat_id: str, now: int, limit: int) -> list[DeliveryRow]:
        """Rows of one chat to try now, in the order in which they were created."""

    async def recent_messages(self, channel: str, chat_id: str, since: int) -> RecentMessages:
        """The messages with signals of rules that a chat received since ``since``."""

    async def reserve(self, slots: Sequence[tuple[DeliveryRow, int]]) -> list[DeliveryRow]:
        """Set ``next_try_at`` of rows that are unchanged since they were read; returns the reserved rows as they are now."""

    async def claim(self, deliveries: Sequence[DeliveryRow], now: int, lease: int) -> list[DeliveryRow]:
        """Set them to ``sending`` until ``lease`` and count one more try; without those that another process changed first."""

    async def finish(self, delivery: DeliveryRow, change: RowChange, now: int) -> bool:
        """Write the change of a row that we claimed, or reserved and must not send; False when another process changed it."""

    async def expired_leases(self, now: int, limit: int) -> list[DeliveryRow]:
        """Rows in ``sending`` whose lease has expired: their process died or is frozen."""


class Outcomes(Protocol):
    """The rows of deliveries that are final. All methods raise TransientError when the database is not available."""

    async def unreported(self, limit: int) -> list[tuple[DeliveryRow, str]]:
        """Final rows that are not published yet, with their error."""

    async def mark_reported(self, deliveries: Sequence[DeliveryRow]) -> None:
        """Record that these are published."""

    async def count_open(self) -> int:
        """How many rows are not final."""


class DeliveryCounts(Protocol):
    """Counts deliveries. Raises TransientError when the database is not available."""

    async def counts_by_status(self, channel: str, chat_id: str, since: int) -> dict[str, int]:
        """How many deliveries a chat has by status, created since ``since``."""


class OutcomePublisher(Protocol):
    """Publishes outcomes of deliveries."""

    async def publish(self, events: Sequence[DeliveryEvent]) -> None:
        """Publish all of them and wait for the acknowledgements. Raises TransientError."""
