"""Adds the passing of event time to a live source: heartbeats per exchange, told only when no tick is waiting."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

import structlog

from services.ingest.domain.clock import Clock
from services.ingest.domain.freshness import Feeds, open_since
from services.ingest.domain.heartbeats import Due, Told, due_now
from services.ingest.domain.source import Item, Source
from shared.calendars import Sessions
from shared.events import Heartbeat, Quarantined, Tick
from shared.metrics import gauge
from shared.tasks import result_of

Calendars = Callable[[dt.date], Mapping[str, Sessions]]
"""From today's date to the sessions of each exchange around it."""
NO_DELAYS: Final[Mapping[str, int]] = MappingProxyType({})

log = structlog.get_logger("ingest")
stale_feed = gauge("ingest_feed_stale_state", "1 while an exchange is open and no tick of it comes.", ["source", "exchange"])


class LiveSource:
    """A provider's source with heartbeats in it.

    A heartbeat at time T promises that every tick before T has been published. So its time lags behind the clock by ``lag``
    seconds, and further by what the provider is behind each exchange; what the source has ready goes first, and only where it
    never rests are beats put between its batches.
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
        feeds: Feeds | None = None,
    ) -> None:
        """``every`` and ``lag`` in seconds; ``delays``: exchange -> milliseconds by which the provider is behind it."""
        self._feeds = feeds
        self.name = source.name
        self._source = source
        self._calendars = calendars
        self._clock = clock
        self._stopping = stopping
        self._every = every
        self._lag = lag
        self._delays = delays
        self._told: dict[str, Told] = {}
        self._today: dt.date | None = None
        self._sessions: Mapping[str, Sessions] = {}

    async def events(self) -> AsyncIterator[Sequence[Item]]:
        batches = self._source.events()
        coming = asyncio.ensure_future(anext(batches, None))
        beaten = self._clock.now()
        try:
            while True:
                rest = asyncio.ensure_future(self._clock.wait(self._every))
                await asyncio.wait({coming, rest}, return_when=asyncio.FIRST_COMPLETED)
                rest.cancel()
                ready = coming.done()
                if ready:
                    batch = result_of(coming)
                    if batch is None:
                        return
                    self._hear(batch)
                    yield batch
                if not ready or self._clock.now() - beaten >= 2 * self._every:
                    beaten = self._clock.now()
                    if due := await self._due():
                        yield due
                    if silent := self._silent():
                        yield silent
                if ready:
                    coming = asyncio.ensure_future(anext(batches, None))
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    def _hear(self, batch: Sequence[Item]) -> None:
        if self._feeds is not None:
            now = self._clock.wall()
            for item in batch:
                if isinstance(item, Tick):
                    self._feeds.heard(item.symbol, now)

    def _silent(self) -> list[Quarantined]:
        """What is to be told of exchanges that have fallen silent, or are heard again."""
        if self._feeds is None:
            return []
        now = self._clock.wall()
        opened = {exchange: open_since(calendar, now) for exchange, calendar in self._sessions.items()}
        found = []
        for exchange, stale in self._feeds.changed(opened, now).items():
            stale_feed.labels(self.name, exchange).set(stale)
            silent = self._feeds.silence(exchange, opened[exchange], now) / 1000
            if stale:
                log.warning("a feed is stale: its exchange is open, and no tick comes", exchange=exchange, seconds=silent)
            else:
                log.info("a feed is heard again", exchange=exchange)
            outcome: Literal["quarantined", "released"] = "quarantined" if stale else "released"
            values: dict[str, float | None] = {"silent_seconds": silent}
            found.append(
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
        return found

    async def _due(self) -> list[Heartbeat]:
        wall = self._clock.wall()
        now = wall - int(self._lag * 1000)
        today = dt.datetime.fromtimestamp(now / 1000, tz=dt.UTC).date()
        if today != self._today:
            self._sessions = await asyncio.to_thread(self._calendars, today)  # making six calendars takes seconds
            self._today = today
        due: list[Due] = []
        for exchange, calendar in self._sessions.items():
            reached = now - self._delays.get(exchange, 0)
            told = {exchange: self._told.get(exchange, Told(reached - 1, 0))}
            fresh, after = due_now({exchange: calendar}, told, reached, int(self._every * 1000))
            due += fresh
            self._told.update(after)
        return [
            Heartbeat(exchange=each.exchange, ts_event=each.ts, ts_init=wall, source=self.name, mark=each.mark)
            for each in sorted(due)
        ]
