"""From a source's batches to acknowledged records, in order, whatever the broker does meanwhile."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

import structlog

from services.ingest.domain.clock import Clock
from services.ingest.domain.inspection import Inspector
from services.ingest.domain.source import Backfill, Item, Source
from shared.backoff import Backoff
from shared.events import Heartbeat, HistoryReady, Quarantined, Tick
from shared.failures import TransientError
from shared.kafka import Producer
from shared.metrics import counter, gauge, histogram
from shared.topics import HISTORY, QUARANTINE, TICKS

FIRST_SECONDS: Final = 0.1
MOST_SECONDS: Final = 5.0
"""How long to wait before sending the same again, at first and at most."""

log = structlog.get_logger("ingest")
ticks_sent = counter("ingest_ticks_total", "Ticks acknowledged by the broker.", ["source"])
heartbeats_sent = counter("ingest_heartbeats_total", "Heartbeats acknowledged in every partition.", ["exchange", "mark"])
bars_sent = counter("ingest_history_bars_total", "Closed bars of history acknowledged by the broker.", ["source", "timeframe"])
judged = counter(
    "ingest_judged_total", "Ticks and bars that were not published as they came.", ["source", "kind", "reason", "outcome"]
)
still_bars = counter("ingest_history_still_bars_total", "Closed bars of history without volume.", ["source", "timeframe"])
retries = counter("ingest_publish_retries_total", "Times that the broker did not acknowledge and the same was sent again.")
publish_seconds = histogram("ingest_publish_seconds", "Time from handing a run of events to the broker to its acknowledgement.")
event_time = gauge("ingest_event_time_seconds", "Event time of the newest published heartbeat or tick, seconds since the epoch.")

Step = list[Tick] | Heartbeat | Backfill | tuple[Quarantined, ...]


class Stopping(Protocol):
    """Says whether the process is to stop."""

    def is_set(self) -> bool: ...


class Publisher:
    """Publishes batches. What was not acknowledged is sent again until it is; nothing overtakes it meanwhile."""

    def __init__(
        self, producer: Producer, clock: Clock, stopping: Stopping, inspector: Inspector, chance: random.Random | None = None
    ) -> None:
        self._producer = producer
        self._inspector = inspector
        self._clock = clock
        self._stopping = stopping
        self._backoff = Backoff(chance or random.Random(), FIRST_SECONDS, MOST_SECONDS)  # noqa: S311 - jitter
        self.healthy = True
        """False from the moment the broker does not acknowledge until it does."""

    async def pump(self, source: Source) -> None:
        """Publish everything that a source yields, until it ends."""
        async for batch in source.events():
            if not await self.publish(batch):
                return

    async def publish(self, batch: Sequence[Item]) -> bool:
        """Publish a batch in its order; False when the process stops before all of it was acknowledged."""
        for step in steps(batch, self._inspector):
            started = self._clock.now()
            if not await self._insist(step):
                return False
            publish_seconds.observe(self._clock.now() - started)
        _count(self._inspector)
        return True

    async def _insist(self, step: Step) -> bool:
        tries = 0
        while True:
            try:
                await self._send(step)
            except TransientError as error:
                self.healthy = False
                retries.inc()
                pause = self._backoff.next()
                tries += 1
                log.warning("the broker did not acknowledge; the same again", error=str(error), tries=tries, pause=round(pause, 2))
                await self._clock.wait(pause)
                if self._stopping.is_set():
                    return False
            else:
                self.healthy = True
                self._backoff.reset()
                return True

    async def _send(self, step: Step) -> None:
        if isinstance(step, Heartbeat):
            await self._producer.publish_everywhere(TICKS, step, key=step.exchange)
            heartbeats_sent.labels(step.exchange, step.mark).inc()
            event_time.set(step.ts_event / 1000)
        elif isinstance(step, Backfill):
            await self._send_backfill(step)
        elif isinstance(step, tuple):
            for event in step:  # few: see Inspector
                log.warning("not used as it came", symbol=event.symbol, what=event.what, reason=event.reason, outcome=event.outcome)
            await self._producer.publish_many(QUARANTINE, [(event.symbol, event) for event in step])
        else:
            await self._producer.publish_many(TICKS, [(tick.symbol, tick) for tick in step])
            ticks_sent.labels(step[0].source).inc(len(step))
            event_time.set(step[-1].ts_event / 1000)

    async def _send_backfill(self, backfill: Backfill) -> None:
        """The histories first; once they are acknowledged, the word that they are there, into the log of ticks."""
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


def steps(batch: Iterable[Item], inspector: Inspector) -> Iterator[Step]:
    """What is published in one go each: runs of ticks, single heartbeats, backfills, and last what the inspector has to tell."""
    run: list[Tick] = []
    for item in batch:
        if isinstance(item, Tick):
            if (tick := inspector.tick(item)) is not None:
                run.append(tick)
            continue
        if isinstance(item, Quarantined):
            inspector.feed(item)
            continue
        if run:
            yield run
            run = []
        if isinstance(item, Heartbeat):
            yield item
        elif (backfill := inspector.backfill(item)) is not None:
            yield backfill
    if run:
        yield run
    if inspector.told:
        told, inspector.told = tuple(inspector.told), []
        yield told


def _count(inspector: Inspector) -> None:
    """Moves what the inspector counted into the metrics."""
    for (kind, source, reason, outcome), count in inspector.counts.items():
        judged.labels(source, kind, reason, outcome).inc(count)
    for (source, timeframe), count in inspector.still.items():
        still_bars.labels(source, timeframe).inc(count)
    inspector.counts.clear()
    inspector.still.clear()
