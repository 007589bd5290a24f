"""Yahoo as one source: streamed prices, polled prices while the stream is silent, and history."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import structlog

from services.ingest.adapters.yahoo.chart_client import CHART_URL, ChartClient
from services.ingest.adapters.yahoo.client import YahooClient, open_client
from services.ingest.adapters.yahoo.history import SOURCE as HISTORY_SOURCE
from services.ingest.adapters.yahoo.history import YahooHistory
from services.ingest.adapters.yahoo.output_queue import OutputQueue
from services.ingest.adapters.yahoo.poll import SOURCE as POLL
from services.ingest.adapters.yahoo.poll import YahooPoll
from services.ingest.adapters.yahoo.stream import SOURCE as STREAM
from services.ingest.adapters.yahoo.stream import YahooStream
from services.ingest.domain.clock import Clock
from services.ingest.domain.cursor_store import CursorStore
from services.ingest.domain.freshness import PollDecision, StreamFreshness, open_since
from services.ingest.domain.health import ProviderHealth
from services.ingest.domain.off_hours import CalendarDoubt, OffHoursMonitor
from services.ingest.domain.poll_plan import PollPlan
from services.ingest.domain.source import Backfill, Item
from services.ingest.domain.universe import Instrument, Universe
from services.ingest.settings import IngestSettings
from shared.calendars import Corrections, Sessions, read_corrections, sessions
from shared.events import Quarantined, Tick
from shared.metrics import counter, gauge

CHECK_SECONDS: Final = 0.5
CALENDAR_MARGIN: Final = dt.timedelta(days=10)

log = structlog.get_logger("ingest.yahoo")
streaming = gauge("ingest_yahoo_streaming_state", "1 while prices are streamed, 0 while all symbols are polled.")
calendar_doubt = gauge(
    "ingest_calendar_doubt_state", "1 while an exchange trades outside of the sessions of its calendar.", ["exchange"]
)
ticks_outside_sessions = counter(
    "ingest_ticks_outside_sessions_total", "Streamed ticks of the regular market outside every session.", ["exchange"]
)
polled_symbols = gauge("ingest_yahoo_polled_symbols", "Symbols that are polled because they are not streamed.")


class YahooSource:
    """Implements ``Source``. Created by ``open_yahoo``."""

    name = "yahoo"

    def __init__(
        self,
        settings: IngestSettings,
        instruments: Sequence[Instrument],
        client: YahooClient,
        cursors: CursorStore,
        clock: Clock,
        stopping: asyncio.Event,
        corrections: Corrections,
        health: ProviderHealth,
    ) -> None:
        self._corrections = corrections
        self._session_files = settings.session_files
        self._instruments = {each.symbol: each for each in instruments}
        self._clock = clock
        self._stopping = stopping
        self._output = OutputQueue(stopping)
        self._decision = PollDecision(streaming=True, poll=frozenset())
        self._calendars: Mapping[str, Sessions] = {}
        self._day: dt.date | None = None
        rng = random.Random()  # noqa: S311  # jitter of retries, not for security
        self._freshness = StreamFreshness(
            {each.symbol: each.exchange for each in instruments},
            clock.wall(),
            stale=int(settings.yahoo_stale_seconds * 1000),
            silent=int(settings.yahoo_silent_seconds * 1000),
        )
        self.off_hours = OffHoursMonitor({each.symbol: each.exchange for each in instruments})
        self._stream = YahooStream(
            settings.yahoo_stream_url,
            self._instruments,
            self._handle_streamed,
            lambda: not self._decision.streaming,
            clock,
            stopping,
            subscribe_seconds=settings.yahoo_subscribe_seconds,
            rng=rng,
            health=health,
        )
        self._poll = YahooPoll(
            client,
            self._instruments,
            self._symbols_to_poll,
            self._put_tick,
            PollPlan(settings.yahoo_poll_seconds, settings.yahoo_per_minute),
            clock,
            stopping,
            pause=settings.yahoo_poll_seconds,
            rng=rng,
            health=health,
        )
        self._history = YahooHistory(
            client, instruments, cursors, clock, stopping, rng, health, corrections, settings.session_files
        )
        self._pollers = max(1, settings.yahoo_threads - 1)  # one thread remains for history

    def events(self) -> AsyncIterator[Sequence[Item]]:
        tasks: dict[str, Callable[[], Awaitable[None]]] = {
            "yahoo watch": self._monitor_stream,
            "yahoo stream": self._stream.run,
            "yahoo history": self._publish_history,
            **{f"yahoo poll {i}": self._poll.run for i in range(self._pollers)},
        }
        return self._output.batches(tasks)

    def _symbols_to_poll(self) -> Collection[str]:
        return self._decision.poll

    async def _handle_streamed(self, tick: Tick, regular: bool) -> None:
        self._freshness.received(tick.symbol, tick.ts_init)
        await self._put_tick(tick)
        if regular:
            await self._check_hours(tick)

    async def _check_hours(self, tick: Tick) -> None:
        exchange = self._instruments[tick.symbol].exchange
        calendar = self._calendars.get(exchange)
        if calendar is None:
            return
        if calendar.at(tick.ts_event) < 0:
            ticks_outside_sessions.labels(exchange).inc()
        doubt = self.off_hours.observe(tick, calendar)
        calendar_doubt.labels(exchange).set(exchange in self.off_hours.in_doubt)
        if doubt is not None:
            await self._output.put_report(_doubt_report(doubt, tick))

    async def _put_tick(self, tick: Tick) -> None:
        self._history.observe_price(tick.symbol, tick.price)
        await self._output.put(tick)

    async def _publish_history(self) -> None:
        async for batch in self._history.events():
            for item in batch:
                if isinstance(item, Quarantined):
                    await self._output.put_report(item)
                elif isinstance(item, Backfill) and not await self._output.publish(item):
                    return

    async def _monitor_stream(self) -> None:
        """Decide at an interval whether the stream works and which symbols to poll; log changes."""
        streaming.set(1)
        while not self._stopping.is_set():
            now = self._clock.wall()
            await self._load_calendars(now)
            opened = {exchange: open_since(calendar, now) for exchange, calendar in self._calendars.items()}
            before, self._decision = self._decision, self._freshness.decide(opened, now)
            streaming.set(self._decision.streaming)
            polled_symbols.set(len(self._decision.poll))
            if before.streaming and not self._decision.streaming:
                log.warning("the stream is silent: polling instead", symbols=len(self._decision.poll))
            elif self._decision.streaming and not before.streaming:
                log.info("prices are streamed again", still_polled=len(self._decision.poll))
            await self._clock.wait(CHECK_SECONDS)

    async def _load_calendars(self, now: int) -> None:
        """Load the calendars around today; in a thread, since each takes a second."""
        today = dt.datetime.fromtimestamp(now / 1000, dt.UTC).date()
        if today != self._day:
            exchanges = {each.exchange for each in self._instruments.values()}
            self._calendars = {
                each: await asyncio.to_thread(
                    sessions, each, today - CALENDAR_MARGIN, today + CALENDAR_MARGIN, self._corrections, self._session_files
                )
                for each in exchanges
            }
            self._day = today


def _doubt_report(doubt: CalendarDoubt, tick: Tick) -> Quarantined:
    """Log a warning and return the report of a calendar in doubt."""
    day, session_open, session_close = (
        dt.datetime.fromtimestamp(ts / 1000, dt.UTC) for ts in (doubt.ts, doubt.session_open, doubt.session_close)
    )
    expected = f"{doubt.session}: {session_open:%Y-%m-%d %H:%M} to {session_close:%Y-%m-%d %H:%M} UTC"
    log.warning(
        "an exchange trades outside of its sessions; its calendar may be wrong",
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
            "session_open": doubt.session_open,
            "session_close": doubt.session_close,
        },
        note=f"{doubt.exchange} trades on {day:%Y-%m-%d} at {day:%H:%M} UTC; nearest session of the calendar {expected}",
        source=tick.source,
        ts_event=doubt.ts,
        ts_init=tick.ts_init,
    )


@asynccontextmanager
async def open_yahoo(
    settings: IngestSettings,
    universe: Universe,
    cursors: CursorStore,
    clock: Clock,
    stopping: asyncio.Event,
    health: ProviderHealth,
) -> AsyncIterator[YahooSource]:
    """Yahoo for all instruments of the universe. No request is sent before ``events`` is read. Raises ``CorrectionError``."""
    corrections = await asyncio.to_thread(read_corrections, settings.calendar_corrections)
    charts = urlsplit(settings.yahoo_origin or CHART_URL).netloc
    health.register({STREAM: urlsplit(settings.yahoo_stream_url).netloc, POLL: charts, HISTORY_SOURCE: charts})
    cache = settings.var / "yahoo" / (settings.instance or "ingest")  # two processes cannot share it ("database is locked")
    chart_client = await asyncio.to_thread(ChartClient, cache, settings.yahoo_origin, settings.yahoo_timeout_seconds)
    try:
        async with open_client(
            chart_client,
            threads=settings.yahoo_threads,
            per_minute=settings.yahoo_per_minute,
            request_seconds=settings.yahoo_timeout_seconds,
        ) as client:
            yield YahooSource(settings, universe.instruments, client, cursors, clock, stopping, corrections, health)
    finally:
        chart_client.close()
