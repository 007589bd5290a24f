"""The source of history: ten years of daily bars, intraday bars as far back as Yahoo provides them, and new bars after each
session.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import structlog

from services.ingest.adapters.yahoo.chart_api import AsyncChartApi
from services.ingest.domain.adjustments import Adjustments
from services.ingest.domain.clock import Clock
from services.ingest.domain.currency import CurrencyError
from services.ingest.domain.cursor_store import CursorStore
from services.ingest.domain.exchange_delays import final_until
from services.ingest.domain.health import ProviderHealth
from services.ingest.domain.history_position import (
    DEPTH_MS,
    INTRADAY,
    MAX_TRIES,
    brought_up_to_date,
    is_up_to_date,
    read_position,
    request_from,
    write_position,
)
from services.ingest.domain.source import Backfill, Item
from services.ingest.domain.universe import Instrument
from services.ingest.domain.yahoo_chart import Chart
from services.ingest.domain.yahoo_errors import InvalidRangeError, UnknownSymbolError, YahooError
from services.ingest.domain.yahoo_health import record_failure
from services.ingest.domain.yahoo_history import ChartHistory, read_daily, read_intraday
from shared.backoff import delay
from shared.calendars import Corrections, Sessions, read_corrections, sessions
from shared.corrections import digest
from shared.events import ProviderBar, Timeframe
from shared.failures import TransientError
from shared.metrics import counter

SOURCE: Final = "yahoo-history"
RETRY_SECONDS: Final = 300.0
MAX_RETRY_SECONDS: Final = 6 * 3600.0
REPAIR_SECONDS: Final = 900.0
"""Time until a symbol with a gap is requested again."""
CHECK_SECONDS: Final = 30.0
"""Interval of checking which symbols are due."""
YEARS: Final = 10
AHEAD_SECONDS: Final = 1800.0
"""Time before a session's open at which splits and dividends that take effect with it are requested."""
EARLY_REQUEST_SECONDS: Final = 300.0
"""Minimum time between two early requests for a symbol whose price has jumped."""
PRICE_JUMP: Final = 0.15
"""A price this far, as a fraction, from the newest daily close may be due to a split that is not known yet."""

log = structlog.get_logger("ingest.yahoo")
failures = counter(
    "ingest_history_failures_total", "Charts of history that could not be used, by reason; each is requested again.", ["reason"]
)
rows_dropped = counter("ingest_history_rows_dropped_total", "Rows of charts that are not closed bars.", ["timeframe", "reason"])
gaps_found = counter(
    "ingest_history_gaps_total", "Ranges of bars that the calendar expects and Yahoo did not deliver.", ["timeframe"]
)


class YahooHistory:
    """Yields backfills. A position is saved after its backfill was acknowledged, so that a restart continues there."""

    name = "yahoo"

    def __init__(
        self,
        charts: AsyncChartApi,
        instruments: Sequence[Instrument],
        cursors: CursorStore,
        clock: Clock,
        stopping: asyncio.Event,
        rng: random.Random,
        health: ProviderHealth,
        corrections: Corrections | None = None,
        session_files: Path | None = None,
    ) -> None:
        """``corrections`` of the calendars; by default those of the project. ``session_files``: the folder of ``sessions``."""
        self._session_files = session_files
        self._corrections = read_corrections() if corrections is None else corrections
        self._charts = charts
        self._health = health
        self._instruments = instruments
        self._cursors = cursors
        self._clock = clock
        self._stopping = stopping
        self._rng = rng
        self._due = {instrument.symbol: 0 for instrument in instruments}
        self._tries = dict.fromkeys(self._due, 0)
        self._adjust: dict[str, Adjustments] = {}
        self._postponed: set[str] = set()
        self._open_gaps: set[str] = set()
        self._newest: dict[str, ProviderBar] = {}
        self._requested_early: dict[str, int] = {}

    async def events(self) -> AsyncIterator[Sequence[Item]]:
        while not self._stopping.is_set():
            for instrument, timeframe in self._due_charts():
                found = await self._read(instrument, timeframe)
                if found is None:
                    continue
                if found.histories or found.quarantined:
                    yield (*((Backfill(instrument.symbol, found.histories),) if found.histories else ()), *found.quarantined)
                await self._save_position(instrument, timeframe, found)
                if timeframe is INTRADAY[-1] and instrument.symbol not in self._postponed:
                    await self._schedule_next(instrument)
            await self._clock.wait(CHECK_SECONDS)

    def observe_price(self, symbol: str, price: float) -> None:
        """Process the price of a tick; if it is far from the newest daily close, the daily chart is requested at once."""
        newest, now = self._newest.get(symbol), self._clock.wall()
        close = newest.close * newest.split_factor if newest is not None else price
        is_jump = close > 0 and abs(price / close - 1.0) > PRICE_JUMP  # no fraction of a close of 0 or below
        if is_jump and now - self._requested_early.get(symbol, 0) >= EARLY_REQUEST_SECONDS * 1000:
            self._requested_early[symbol] = now
            self._due[symbol] = min(self._due[symbol], now)
            log.info("a price is far from the last close; a split is possible", symbol=symbol, price=price, close=close)

    def _due_charts(self) -> Iterator[tuple[Instrument, Timeframe]]:
        """Daily charts of all due symbols first, since signals need them most and they hold the factors; then the other
        timeframes.
        """
        now = self._clock.wall()
        ready = [each for each in self._instruments if self._due[each.symbol] <= now]
        self._postponed.clear()
        yield from ((each, Timeframe.D1) for each in ready if not self._stopping.is_set())
        with_days = [each for each in ready if each.symbol not in self._postponed]
        for each in with_days:
            yield from ((each, timeframe) for timeframe in INTRADAY if not self._stopping.is_set())

    async def _read(self, instrument: Instrument, timeframe: Timeframe) -> ChartHistory | None:
        """Request and read one chart; None after a failure, which is retried later."""
        try:
            found = await self._read_chart(instrument, timeframe)
        except YahooError as error:
            failures.labels(error.reason).inc()
            self._retry_later(instrument.symbol, timeframe, error, slow_retry=isinstance(error, UnknownSymbolError))
            record_failure(self._health, SOURCE, error, self._clock.wall(), min(self._due.values()))
            return None
        except CurrencyError as error:
            failures.labels("currency").inc()
            self._retry_later(instrument.symbol, timeframe, error, slow_retry=True)
            return None
        except TransientError as error:
            failures.labels("database").inc()
            self._retry_later(instrument.symbol, timeframe, error, slow_retry=False)
            return None
        for reason, rows in found.dropped.items():
            rows_dropped.labels(timeframe.value, reason).inc(rows)
        gaps_found.labels(timeframe.value).inc(len(found.missing))
        return found

    async def _read_chart(self, instrument: Instrument, timeframe: Timeframe) -> ChartHistory:
        position = read_position(await self._cursors.load(_cursor(instrument.symbol, timeframe)))
        position = brought_up_to_date(position, timeframe, self._hours(instrument.exchange, position.until))
        now = self._clock.wall()
        calendar = await self._sessions(instrument.exchange, now)
        if timeframe is Timeframe.D1:
            end = now + int(2 * AHEAD_SECONDS * 1000)  # actions that take effect at the next open carry its time
            chart, start = await self._request(instrument.symbol, timeframe, now - DEPTH_MS[timeframe], end)
            known = self._newest.get(instrument.symbol)
            found = await asyncio.to_thread(read_daily, chart, instrument, calendar, position, start, now, known)
            self._adjust[instrument.symbol] = found.adjust
            if found.newest is not None:
                self._newest[instrument.symbol] = found.newest
            return found
        adjust = self._adjust[instrument.symbol]
        if is_up_to_date(position, timeframe, adjust.fingerprint, calendar, final_until(instrument.exchange, now)):
            return ChartHistory((), position, adjust, {}, (), ())
        chart, start = await self._request(
            instrument.symbol, timeframe, request_from(position, timeframe, adjust.fingerprint, now), now
        )
        return await asyncio.to_thread(read_intraday, chart, instrument, timeframe, adjust, calendar, position, start, now)

    async def _request(self, symbol: str, timeframe: Timeframe, start: int, now: int) -> tuple[Chart, int]:
        """The chart from ``start`` to ``now``; half of that range if Yahoo refuses it as too far back. Returns the chart and its
        start.
        """
        try:
            chart = await self._charts.chart(symbol, timeframe.value, {"period1": start // 1000, "period2": now // 1000})
        except InvalidRangeError as error:
            failures.labels(error.reason).inc()
            log.warning(
                "Yahoo refused the range as too far back; requesting half of it",
                symbol=symbol,
                timeframe=timeframe.value,
                error=str(error),
            )
            start = now - (now - start) // 2
            chart = await self._charts.chart(symbol, timeframe.value, {"period1": start // 1000, "period2": now // 1000})
        self._health.succeeded(SOURCE)
        return chart, start

    async def _sessions(self, exchange: str, now: int) -> Sessions:
        """The calendar over the longest possible range; built in a thread, since that takes a second."""
        today = dt.datetime.fromtimestamp(now / 1000, dt.UTC).date()
        start = today.replace(year=today.year - YEARS, day=1) - dt.timedelta(days=14)
        end = today + dt.timedelta(days=14)
        return await asyncio.to_thread(sessions, exchange, start, end, self._corrections, self._session_files)

    def _hours(self, exchange: str, until: int) -> str:
        """Digest of the calendar corrections that apply to bars up to ``until``."""
        return digest(self._corrections, exchange, dt.datetime.fromtimestamp(until / 1000, dt.UTC).date())

    async def _save_position(self, instrument: Instrument, timeframe: Timeframe, found: ChartHistory) -> None:
        symbol = instrument.symbol
        position = msgspec.structs.replace(found.position, hours=self._hours(instrument.exchange, found.position.until))
        if any(gap.tries < MAX_TRIES for gap in found.position.gaps):
            self._open_gaps.add(symbol)
        try:
            await self._cursors.save(_cursor(symbol, timeframe), write_position(position), self._clock.wall())
        except TransientError as error:
            log.warning(
                "the position cannot be saved now; a restart would publish the same bars again", symbol=symbol, error=str(error)
            )

    async def _schedule_next(self, instrument: Instrument) -> None:
        """Set the next request after all timeframes are published: before the next open, after the next close, or soon if there
        is a gap.
        """
        now, symbol = self._clock.wall(), instrument.symbol
        self._tries[symbol] = 0
        if symbol in self._open_gaps:
            self._open_gaps.discard(symbol)
            self._due[symbol] = now + int(REPAIR_SECONDS * 1000)
            return
        calendar = await self._sessions(instrument.exchange, now)
        lag = now - final_until(instrument.exchange, now)
        ahead = int(AHEAD_SECONDS * 1000)
        moments = [*(calendar.close + lag).tolist(), *(calendar.open - ahead).tolist()]
        self._due[symbol] = min((moment for moment in moments if moment > now), default=now + int(MAX_RETRY_SECONDS * 1000))

    def _retry_later(self, symbol: str, timeframe: Timeframe, error: Exception, *, slow_retry: bool) -> None:
        self._postponed.add(symbol)
        tries, self._tries[symbol] = self._tries[symbol], self._tries[symbol] + 1
        pause = MAX_RETRY_SECONDS if slow_retry else delay(tries, RETRY_SECONDS, MAX_RETRY_SECONDS, self._rng.random())
        self._due[symbol] = self._clock.wall() + int(pause * 1000)
        log.warning("no history", symbol=symbol, timeframe=timeframe.value, error=str(error), again_in_seconds=round(pause))


def _cursor(symbol: str, timeframe: Timeframe) -> str:
    return f"history:{symbol}:{timeframe.value}"
