"""Signals in, delivery rows out: committed before the Kafka offset, so that a crash repeats and never forgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.notifier.domain.ports import ChatStore, DeliveryStore, NewDelivery
from services.notifier.domain.recipients import verdict
from services.notifier.handlers import measures
from services.notifier.handlers.clock import Clock
from shared import wire
from shared.events import Signal
from shared.failures import PoisonError
from shared.kafka import Record


class FanOut:
    """Finds the recipients of signals and writes down what is due to each."""

    def __init__(
        self,
        chats: ChatStore,
        deliveries: DeliveryStore,
        channels: Sequence[str],
        expiry: int,
        clock: Clock,
        nudge: Callable[[], None],
    ) -> None:
        self._chats, self._deliveries, self._channels = chats, deliveries, tuple(channels)
        self._expiry, self._clock, self._nudge = expiry, clock, nudge

    async def handle(self, records: Sequence[Record[Signal]]) -> None:
        """Insert the deliveries of a batch in one transaction; rows that are there already stay as they are.

        Raises:
            PoisonError: a signal's id, symbol or rule cannot be stored.
            TransientError: the database is not there now.
        """
        now = self._clock.now()
        for record in records:
            _check(record.event)
        signals = {record.event.id: record for record in records}
        found = await self._chats.interested(self._channels, sorted({record.event.symbol for record in records}))
        due = []
        for record in signals.values():
            body = ""
            for chat, watched in found:
                status = verdict(chat, watched, record.event, now, self._expiry)
                if status is not None:
                    body = body or wire.encode(record.event).decode()
                    due.append(NewDelivery(record.event, chat, status, body, record.traceparent or ""))
        await self._deliveries.add(due, now)
        for new in due:
            measures.DUE.labels(new.chat.channel, new.status).inc()
        if due:
            self._nudge()


def _check(signal: Signal) -> None:
    for field, value, most in (("id", signal.id, 32), ("symbol", signal.symbol, 32), ("rule", signal.rule, 48)):
        if not 1 <= len(value) <= most or not value.isprintable():
            raise PoisonError(f"signal {signal.id[:40]!r}: {field} is {value[:80]!r}, expected 1 to {most} printable characters")
