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
from services.ingest.domain.off_hours import Doubt, OffHours
from services.ingest.domain.poll_plan import PollPlan
from services.ingest.domain.source import Backfill, Item
from services.ingest.domain.universe import Instrument, Universe
from services.ingest.settings import Settings
from shared.calendars import Corrections, Sessions, read_corrections, sessions
from shared.events import Quarantined, Tick
from shared.metrics import counter, gauge

LOOK_SECONDS: Final = 0.5
AROUND: Final = dt.timedelta(days=10)

log = structlog.get_logger("ingest.yahoo")
streaming = gauge("ingest_yahoo_streaming_state", "1 while prices come from the stream, 0 while all of them are polled.")
doubted = gauge(
    "ingest_calendar_doubt_state", "1 while an exchange trades though its calendar says that it is closed.", ["exchange"]
)
outside = counter(
    "ingest_ticks_outside_sessions_total", "Streamed ticks of the regular market outside every session.", ["exchange"]
)
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
        corrections: Corrections,
        health: HealthRecord,
    ) -> None:
        self._corrections = corrections
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
        self.off_hours = OffHours({each.symbol: each.exchange for each in instruments})
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
        self._history = YahooHistory(client, instruments, keeper, clock, stopping, chance, health, corrections)
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

    async def _streamed(self, tick: Tick, regular: bool) -> None:
        self._fresh.seen(tick.symbol, tick.ts_init)
        await self._put(tick)
        if regular:
            await self._check_hours(tick)

    async def _check_hours(self, tick: Tick) -> None:
        exchange = self._instruments[tick.symbol].exchange
        calendar = self._calendars.get(exchange)
        if calendar is None:
            return
        if calendar.at(tick.ts_event) < 0:
            outside.labels(exchange).inc()
        doubt = self.off_hours.seen(tick, calendar)
        doubted.labels(exchange).set(exchange in self.off_hours.doubted)
        if doubt is not None:
            await self._outlet.tell(_doubted(doubt, tick))

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
            self._calendars = {
                each: await asyncio.to_thread(sessions, each, today - AROUND, today + AROUND, self._corrections)
                for each in exchanges
            }
            self._day = today


def _doubted(doubt: Doubt, tick: Tick) -> Quarantined:
    """What is published of a calendar in doubt, with a warning in the log."""
    day, opens, closes = (dt.datetime.fromtimestamp(ts / 1000, dt.UTC) for ts in (doubt.ts, doubt.opens, doubt.closes))
    expected = f"{doubt.session}: {opens:%Y-%m-%d %H:%M} to {closes:%Y-%m-%d %H:%M} UTC"
    log.warning(
        "an exchange trades outside of its sessions: is its calendar wrong?",
        exchange=doubt.exchange,
        day=f"{day:%Y-%m-%d}",
        expected=expected,
        ticks=doubt.ticks,
        instruments=doubt.instruments,
    )
    return Quarantined(
        symbol=doubt.exchange,
        what="feed",
        reason="outside_session",
        values={
            "ticks": doubt.ticks,
            "instruments": doubt.instruments,
            "session_open": doubt.opens,
            "session_close": doubt.closes,
        },
        note=f"{doubt.exchange} trades on {day:%Y-%m-%d} at {day:%H:%M} UTC; nearest session of the calendar {expected}",
        source=tick.source,
        ts_event=doubt.ts,
        ts_init=tick.ts_init,
    )


@asynccontextmanager
async def open_yahoo(
    settings: Settings, universe: Universe, keeper: Keeper, clock: Clock, stopping: asyncio.Event, health: HealthRecord
) -> AsyncIterator[YahooSource]:
    """Yahoo for all instruments of the universe. Nothing is asked before ``events`` is read. Raises ``CorrectionError``."""
    corrections = await asyncio.to_thread(read_corrections, settings.calendar_corrections)
    charts = urlsplit(settings.yahoo_origin or CHART_URL).netloc
    health.watch({STREAM: urlsplit(settings.yahoo_stream_url).netloc, POLL: charts, PAST: charts})
    cache = settings.var / "yahoo" / (settings.instance or "ingest")  # two processes on one folder end in "database is locked"
    door = await asyncio.to_thread(ChartDoor, cache, settings.yahoo_origin, settings.yahoo_timeout_seconds)
    try:
        async with open_client(
            door, threads=settings.yahoo_threads, per_minute=settings.yahoo_per_minute, wait=settings.yahoo_timeout_seconds
        ) as client:
            yield YahooSource(settings, universe.instruments, client, keeper, clock, stopping, corrections, health)
    finally:
        door.close()
