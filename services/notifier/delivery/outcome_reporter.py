"""Publishes the outcomes of deliveries. The rows record which are unpublished, so none is lost."""

from __future__ import annotations

import asyncio
import hashlib
import hmac

from services.notifier.delivery import metrics
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.delivery import DeliveryRow
from services.notifier.domain.ports.deliveries import OutcomePublisher, Outcomes
from shared import events
from shared.waiting import Refresher

PAGE = 500
IDLE_SECONDS = 0.5


def recipient(delivery: DeliveryRow, key: bytes) -> str:
    """An opaque name for an address: 16 hex digits of an HMAC, since a bare hash of a Telegram id can be guessed."""
    topic = f":{delivery.thread_id}" if delivery.thread_id else ""
    return hmac.new(key, f"{delivery.channel}:{delivery.chat_id}{topic}".encode(), hashlib.sha256).hexdigest()[:16]


class Reporter:
    """Publishes outcomes from the table on the topic."""

    def __init__(self, deliveries: Outcomes, publisher: OutcomePublisher, key: bytes, clock: TimeAndRandom) -> None:
        self._deliveries, self._publisher, self._key, self._clock = deliveries, publisher, key, clock
        self._full = False

    async def run(self, stopping: asyncio.Event) -> None:
        """Report until stopped; the remaining outcomes are reported after the next start."""
        await Refresher(self._page, "reporting outcomes", lambda: 0.0 if self._full else IDLE_SECONDS, stopping).run()

    async def _page(self) -> None:
        self._full = await self.once() == PAGE
        metrics.OPEN.set(await self._deliveries.count_open())

    async def once(self) -> int:
        """Publish a page of outcomes and mark its rows; returns how many. Raises TransientError."""
        rows = await self._deliveries.unreported(PAGE)
        if rows:
            now = self._clock.now()
            await self._publisher.publish([self._event(delivery, error, now) for delivery, error in rows])
            await self._deliveries.mark_reported([delivery for delivery, _ in rows])
            metrics.REPORTED.inc(len(rows))
        return len(rows)

    def _event(self, delivery: DeliveryRow, error: str, now: int) -> events.Delivery:
        return events.Delivery(
            signal_id=delivery.signal_id,
            channel=delivery.channel,
            recipient=recipient(delivery, self._key),
            outcome=delivery.status.value,  # type: ignore[arg-type]  # only final rows are read
            ts_event=now,
            ts_init=now,
            tries=delivery.tries,
            error=error or None,
        )
