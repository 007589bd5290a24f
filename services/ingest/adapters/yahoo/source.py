"""Yahoo as one source: streamed prices, polled where the stream is silent, and the past beside them."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import structlog

from services.ingest.adapters.yahoo.chart_door import CHART_URL, ChartDoor
from services.ingest.adapters.yahoo.client import YahooClient, open_client
from services.ingest.adapters.yahoo.history import SOURCE as PAST
from services.ingest.adapters.yahoo.history import Keeper, YahooHistory
from services.ingest.adapters.yahoo.outlet import Outlet
from services.ingest.adapters.yahoo.poll import SOURCE as POLL
from services.ingest.adapters.yahoo.poll import YahooPoll
from services.ingest.adapters.yahoo.stream import SOURCE as STREAM
from services.ingest.adapters.yahoo.stream import YahooStream
from services.ingest.domain.clock import Clock
from services.ingest.domain.freshness import Freshness, Verdict, open_since
from services.ingest.domain.health import HealthRecord
from services.ingest.domain.poll_plan import PollPlan
from services.ingest.domain.source import Backfill, Item
from services.ingest.domain.universe import Instrument, Universe
from services.ingest.settings import Settings
from shared.calendars import Sessions, sessions
from shared.events import Quarantined, Tick
from shared.metrics import gauge

LOOK_SECONDS: Final = 0.5
AROUND: Final = dt.timedelta(days=10)

log = structlog.get_logger("ingest.yahoo")
streaming = gauge("ingest_yahoo_streaming_state", "1 while prices come from the stream, 0 while all of them are polled.")
polled_symbols = gauge("ingest_yahoo_polled_symbols", "Symbols that are polled because the stream does not tell of them.")


class YahooSource:
    """Satisfies ``Source``. Made by ``open_yahoo``."""

    name = "yahoo"

    def __init__(
        self,
        settings: Settings,
        instruments: Sequence[Instrument],
        client: YahooClient,
        keeper: Keeper,
        clock: Clock,
        stopping: asyncio.Event,
        health: HealthRecord,
    ) -> None:
        self._instruments = {each.symbol: each for each in instruments}
        self._clock = clock
        self._stopping = stopping
        self._outlet = Outlet(stopping)
        self._verdict = Verdict(streaming=True, poll=frozenset())
        self._calendars: Mapping[str, Sessions] = {}
        self._day: dt.date | None = None
        chance = random.Random()  # noqa: S311  # spreads retries, keeps no secret
        self._fresh = Freshness(
            {each.symbol: each.exchange for each in instruments},
            clock.wall(),
            stale=int(settings.yahoo_stale_seconds * 1000),
            silent=int(settings.yahoo_silent_seconds * 1000),
        )
        self._stream = YahooStream(
            settings.yahoo_stream_url,
            self._instruments,
            self._streamed,
            lambda: not self._verdict.streaming,
            clock,
            stopping,
            subscribe_seconds=settings.yahoo_subscribe_seconds,
            chance=chance,
            health=health,
        )
        self._poll = YahooPoll(
            client,
            self._instruments,
            self._to_poll,
            self._put,
            PollPlan(settings.yahoo_poll_seconds, settings.yahoo_per_minute),
            clock,
            stopping,
            pause=settings.yahoo_poll_seconds,
            chance=chance,
            health=health,
        )
        self._history = YahooHistory(client, instruments, keeper, clock, stopping, chance, health)
        self._pollers = max(1, settings.yahoo_threads - 1)  # one thread is left to the past

    def events(self) -> AsyncIterator[Sequence[Item]]:
        tasks: dict[str, Callable[[], Awaitable[None]]] = {
            "yahoo watch": self._watch,
            "yahoo stream": self._stream.run,
            "yahoo history": self._past,
            **{f"yahoo poll {i}": self._poll.run for i in range(self._pollers)},
        }
        return self._outlet.batches(tasks)

    def _to_poll(self) -> Collection[str]:
        return self._verdict.poll

    async def _streamed(self, tick: Tick) -> None:
        self._fresh.seen(tick.symbol, tick.ts_init)
        await self._put(tick)

    async def _put(self, tick: Tick) -> None:
        self._history.seen(tick.symbol, tick.price)
        await self._outlet.put(tick)

    async def _past(self) -> None:
        async for batch in self._history.events():
            for item in batch:
                if isinstance(item, Quarantined):
                    await self._outlet.tell(item)
                elif isinstance(item, Backfill) and not await self._outlet.publish(item):
                    return

    async def _watch(self) -> None:
        """Decide again and again whether the stream can be relied on, and say so when that changes."""
        streaming.set(1)
        while not self._stopping.is_set():
            now = self._clock.wall()
            await self._look_up(now)
            opened = {exchange: open_since(calendar, now) for exchange, calendar in self._calendars.items()}
            before, self._verdict = self._verdict, self._fresh.verdict(opened, now)
            streaming.set(self._verdict.streaming)
            polled_symbols.set(len(self._verdict.poll))
            if before.streaming and not self._verdict.streaming:
                log.warning("the stream is silent: polling instead", symbols=len(self._verdict.poll))
            elif self._verdict.streaming and not before.streaming:
                log.info("prices are streamed again", still_polled=len(self._verdict.poll))
            await self._clock.wait(LOOK_SECONDS)

    async def _look_up(self, now: int) -> None:
        """Calendars around today; made in a thread, since making one takes a second."""
        today = dt.datetime.fromtimestamp(now / 1000, dt.UTC).date()
        if today != self._day:
            exchanges = {each.exchange for each in self._instruments.values()}
            self._calendars = {each: await asyncio.to_thread(sessions, each, today - AROUND, today + AROUND) for each in exchanges}
            self._day = today


@asynccontextmanager
async def open_yahoo(
    settings: Settings, universe: Universe, keeper: Keeper, clock: Clock, stopping: asyncio.Event, health: HealthRecord
) -> AsyncIterator[YahooSource]:
    """Yahoo for all instruments of the universe. Nothing is asked before ``events`` is read."""
    charts = urlsplit(settings.yahoo_origin or CHART_URL).netloc
    health.watch({STREAM: urlsplit(settings.yahoo_stream_url).netloc, POLL: charts, PAST: charts})
    cache = settings.var / "yahoo" / (settings.instance or "ingest")  # two processes on one folder end in "database is locked"
    door = await asyncio.to_thread(ChartDoor, cache, settings.yahoo_origin, settings.yahoo_timeout_seconds)
    try:
        async with open_client(
            door, threads=settings.yahoo_threads, per_minute=settings.yahoo_per_minute, wait=settings.yahoo_timeout_seconds
        ) as client:
            yield YahooSource(settings, universe.instruments, client, keeper, clock, stopping, health)
    finally:
        door.close()
