"""Adds heartbeats per exchange to a live source; a heartbeat is sent only when no tick is waiting."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

import structlog

from services.ingest.domain.clock import Clock
from services.ingest.domain.freshness import StaleFeeds, open_since
from services.ingest.domain.heartbeats import DueHeartbeat, HeartbeatProgress, due_heartbeats
from services.ingest.domain.source import Item, Source
from shared.calendars import Sessions
from shared.events import Heartbeat, Quarantined, Tick
from shared.metrics import gauge
from shared.tasks import result_of

Calendars = Callable[[dt.date], Mapping[str, Sessions]]
"""From today's date to the sessions of each exchange around it."""
NO_DELAYS: Final[Mapping[str, int]] = MappingProxyType({})

log = structlog.get_logger("ingest")
stale_feed = gauge("ingest_feed_stale_state", "1 while an exchange is open and no tick of it arrives.", ["source", "exchange"])


class LiveSource:
    """A provider's source with heartbeats and reports of stale feeds.

    A heartbeat at time T means that every tick before T has been published. So its time lags behind the clock by ``lag`` seconds
    plus the provider's delay for the exchange. Available ticks are sent first; heartbeats come between batches only if ticks
    never pause.
    """

    def __init__(
        self,
        source: Source,
        calendars: Calendars,
        clock: Clock,
        stopping: asyncio.Event,
        *,
        every: float,
        lag: float,
        delays: Mapping[str, int] = NO_DELAYS,
        feeds: StaleFeeds | None = None,
    ) -> None:
        """``every`` and ``lag`` in seconds; ``delays``: exchange -> delay of the provider in milliseconds."""
        self._feeds = feeds
        self.name = source.name
        self._source = source
        self._calendars = calendars
        self._clock = clock
        self._stopping = stopping
        self._every = every
        self._lag = lag
        self._delays = delays
        self._progress: dict[str, HeartbeatProgress] = {}
        self._today: dt.date | None = None
        self._sessions: Mapping[str, Sessions] = {}

    async def events(self) -> AsyncIterator[Sequence[Item]]:
        batches = self._source.events()
        next_batch = asyncio.ensure_future(anext(batches, None))
        last_heartbeats = self._clock.now()
        try:
            while True:
                pause = asyncio.ensure_future(self._clock.wait(self._every))
                await asyncio.wait({next_batch, pause}, return_when=asyncio.FIRST_COMPLETED)
                pause.cancel()
                ready = next_batch.done()
                if ready:
                    batch = result_of(next_batch)
                    if batch is None:
                        return
                    self._record_ticks(batch)
                    yield batch
                if not ready or self._clock.now() - last_heartbeats >= 2 * self._every:
                    last_heartbeats = self._clock.now()
                    if due := await self._due_heartbeats():
                        yield due
                    if reports := self._stale_feed_reports():
                        yield reports
                if ready:
                    next_batch = asyncio.ensure_future(anext(batches, None))
        finally:
            next_batch.cancel()
            await asyncio.gather(next_batch, return_exceptions=True)

    def _record_ticks(self, batch: Sequence[Item]) -> None:
        if self._feeds is not None:
            now = self._clock.wall()
            for item in batch:
                if isinstance(item, Tick):
                    self._feeds.received(item.symbol, now)

    def _stale_feed_reports(self) -> list[Quarantined]:
        """Reports of exchanges whose feed has become stale, or has recovered."""
        if self._feeds is None:
            return []
        now = self._clock.wall()
        opened = {exchange: open_since(calendar, now) for exchange, calendar in self._sessions.items()}
        reports = []
        for exchange, stale in self._feeds.changes(opened, now).items():
            stale_feed.labels(self.name, exchange).set(stale)
            silent_seconds = self._feeds.silent_ms(exchange, opened[exchange], now) / 1000
            if stale:
                log.warning("a feed is stale: its exchange is open, and no tick arrives", exchange=exchange, seconds=silent_seconds)
            else:
                log.info("a feed has recovered", exchange=exchange)
            outcome: Literal["quarantined", "released"] = "quarantined" if stale else "released"
            values: dict[str, float | None] = {"silent_seconds": silent_seconds}
            reports.append(
                Quarantined(
                    symbol=exchange,
                    what="feed",
                    reason="stale",
                    outcome=outcome,
                    values=values,
                    source=self.name,
                    ts_event=now,
                    ts_init=now,
                )
            )
        return reports

    async def _due_heartbeats(self) -> list[Heartbeat]:
        wall = self._clock.wall()
        now = wall - int(self._lag * 1000)
        today = dt.datetime.fromtimestamp(now / 1000, tz=dt.UTC).date()
        if today != self._today:
            self._sessions = await asyncio.to_thread(self._calendars, today)  # loading six calendars takes seconds
            self._today = today
        due: list[DueHeartbeat] = []
        for exchange, calendar in self._sessions.items():
            event_time = now - self._delays.get(exchange, 0)
            progress = {exchange: self._progress.get(exchange, HeartbeatProgress(event_time - 1, 0))}
            fresh, after = due_heartbeats({exchange: calendar}, progress, event_time, int(self._every * 1000))
            due += fresh
            self._progress.update(after)
        return [
            Heartbeat(exchange=each.exchange, ts_event=each.ts, ts_init=wall, source=self.name, mark=each.mark)
            for each in sorted(due)
        ]
