"""Publishes a source's batches in order and retries until the broker has acknowledged them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

import structlog

from services.ingest.domain.clock import Clock
from services.ingest.domain.inspector import Inspector
from services.ingest.domain.source import Backfill, Item, Source
from shared.backoff import Backoff
from shared.events import Heartbeat, HistoryReady, Quarantined, Tick
from shared.failures import TransientError
from shared.kafka import Producer
from shared.metrics import counter, gauge, histogram
from shared.topics import HISTORY, QUARANTINE, TICKS

INITIAL_SECONDS: Final = 0.1
MAX_SECONDS: Final = 5.0
"""Shortest and longest pause before a retry."""

log = structlog.get_logger("ingest")
ticks_sent = counter("ingest_ticks_total", "Ticks acknowledged by the broker.", ["source"])
heartbeats_sent = counter("ingest_heartbeats_total", "Heartbeats acknowledged in every partition.", ["exchange", "mark"])
bars_sent = counter("ingest_history_bars_total", "Closed bars of history acknowledged by the broker.", ["source", "timeframe"])
inspection_outcomes = counter(
    "ingest_judged_total", "Ticks and bars that were repaired or quarantined.", ["source", "kind", "reason", "outcome"]
)
bars_without_volume = counter("ingest_history_still_bars_total", "Closed bars of history without volume.", ["source", "timeframe"])
retries = counter("ingest_publish_retries_total", "Retries because the broker did not acknowledge.")
publish_seconds = histogram("ingest_publish_seconds", "Time from sending a group of events to its acknowledgement by the broker.")
event_time = gauge("ingest_event_time_seconds", "Event time of the newest published heartbeat or tick, seconds since the epoch.")

PublishStep = list[Tick] | Heartbeat | Backfill | tuple[Quarantined, ...]


class StopFlag(Protocol):
    """Set when the process is to stop."""

    def is_set(self) -> bool: ...


class SourcePublisher:
    """Publishes batches. Each event is retried until it is acknowledged; later events wait, so that the order is kept."""

    def __init__(
        self, producer: Producer, clock: Clock, stopping: StopFlag, inspector: Inspector, rng: random.Random | None = None
    ) -> None:
        self._producer = producer
        self._inspector = inspector
        self._clock = clock
        self._stopping = stopping
        self._backoff = Backoff(rng or random.Random(), INITIAL_SECONDS, MAX_SECONDS)  # noqa: S311 - jitter
        self.healthy = True
        """False after a failed send, until the next acknowledgement."""

    async def publish_all(self, source: Source) -> None:
        """Publish everything that a source yields, until it ends."""
        async for batch in source.events():
            if not await self.publish(batch):
                return

    async def publish(self, batch: Sequence[Item]) -> bool:
        """Publish a batch in its order; False when the process stops before all of it was acknowledged."""
        for step in publish_steps(batch, self._inspector):
            started = self._clock.now()
            if not await self._send_until_acknowledged(step):
                return False
            publish_seconds.observe(self._clock.now() - started)
        _record_outcomes(self._inspector)
        return True

    async def _send_until_acknowledged(self, step: PublishStep) -> bool:
        tries = 0
        while True:
            try:
                await self._send(step)
            except TransientError as error:
                self.healthy = False
                retries.inc()
                pause = self._backoff.next()
                tries += 1
                log.warning("the broker did not acknowledge; retrying", error=str(error), tries=tries, pause=round(pause, 2))
                await self._clock.wait(pause)
                if self._stopping.is_set():
                    return False
            else:
                self.healthy = True
                self._backoff.reset()
                return True

    async def _send(self, step: PublishStep) -> None:
        if isinstance(step, Heartbeat):
            await self._producer.publish_everywhere(TICKS, step, key=step.exchange)
            heartbeats_sent.labels(step.exchange, step.mark).inc()
            event_time.set(step.ts_event / 1000)
        elif isinstance(step, Backfill):
            await self._send_backfill(step)
        elif isinstance(step, tuple):
            for event in step:  # bounded: see Inspector
                log.warning(
                    "a value was repaired or quarantined",
                    symbol=event.symbol,
                    what=event.what,
                    reason=event.reason,
                    outcome=event.outcome,
                )
            await self._producer.publish_many(QUARANTINE, [(event.symbol, event) for event in step])
        else:
            await self._producer.publish_many(TICKS, [(tick.symbol, tick) for tick in step])
            ticks_sent.labels(step[0].source).inc(len(step))
            event_time.set(step[-1].ts_event / 1000)

    async def _send_backfill(self, backfill: Backfill) -> None:
        """Publish the histories and, once they are acknowledged, a HistoryReady in the tick log."""
        sent = await self._producer.publish_many(HISTORY, [(backfill.symbol, history) for history in backfill.histories])
        newest = max(backfill.histories, key=lambda history: history.ts_event)
        ready = HistoryReady(
            symbol=backfill.symbol,
            ts_event=newest.ts_event,
            ts_init=max(history.ts_init for history in backfill.histories),
            source=newest.source,
            first=min(each.offset for each in sent),
            last=max(each.offset for each in sent),
            replayed=newest.replayed,
        )
        await self._producer.publish(TICKS, ready, key=backfill.symbol)
        for history in backfill.histories:
            bars_sent.labels(history.source, history.timeframe.value).inc(len(history.bars))


def publish_steps(batch: Iterable[Item], inspector: Inspector) -> Iterator[PublishStep]:
    """Split a batch into units that are sent together: consecutive ticks, single heartbeats, backfills, and last the inspector's
    reports.
    """
    ticks: list[Tick] = []
    for item in batch:
        if isinstance(item, Tick):
            if (tick := inspector.tick(item)) is not None:
                ticks.append(tick)
            continue
        if isinstance(item, Quarantined):
            inspector.add_report(item)
            continue
        if ticks:
            yield ticks
            ticks = []
        if isinstance(item, Heartbeat):
            yield item
        elif (backfill := inspector.backfill(item)) is not None:
            yield backfill
    if ticks:
        yield ticks
    if inspector.reports:
        reports, inspector.reports = tuple(inspector.reports), []
        yield reports


def _record_outcomes(inspector: Inspector) -> None:
    """Add the inspector's counts to the metrics and reset them."""
    for (kind, source, reason, outcome), count in inspector.counts.items():
        inspection_outcomes.labels(source, kind, reason, outcome).inc(count)
    for (source, timeframe), count in inspector.without_volume.items():
        bars_without_volume.labels(source, timeframe).inc(count)
    inspector.counts.clear()
    inspector.without_volume.clear()
