"""The source of the past: ten years of days, intraday bars as far back as Yahoo gives, and what is new after each session."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Final, Protocol

import msgspec
import structlog

from services.ingest.domain.adjustments import Adjustments
from services.ingest.domain.clock import Clock
from services.ingest.domain.currency import CurrencyError
from services.ingest.domain.delays import final_until
from services.ingest.domain.health import HealthRecord
from services.ingest.domain.history_plan import (
    DEPTH_MS,
    INTRADAY,
    MAX_TRIES,
    ask_from,
    in_hours,
    nothing_new,
    read_position,
    write_position,
)
from services.ingest.domain.source import Backfill, Item
from services.ingest.domain.universe import Instrument
from services.ingest.domain.yahoo_chart import Chart
from services.ingest.domain.yahoo_errors import InvalidRangeError, UnknownSymbolError, YahooError
from services.ingest.domain.yahoo_health import record_failure
from services.ingest.domain.yahoo_history import Found, read_daily, read_intraday
from shared.backoff import delay
from shared.calendars import Corrections, Sessions, read_corrections, sessions
from shared.corrections import digest
from shared.events import ProviderBar, Timeframe
from shared.failures import TransientError
from shared.metrics import counter

SOURCE: Final = "yahoo-history"
RETRY_SECONDS: Final = 300.0
RETRY_MOST_SECONDS: Final = 6 * 3600.0
REPAIR_SECONDS: Final = 900.0
"""When a symbol with a gap is asked for again."""
LOOK_SECONDS: Final = 30.0
"""How often it is looked whose session has closed."""
YEARS: Final = 10
AHEAD_SECONDS: Final = 1800.0
"""So long before a session opens it is asked whether a split or dividend takes effect with it."""
HURRY_SECONDS: Final = 300.0
"""A symbol whose price has jumped is asked for again at once, but no more often than this."""
JUMP: Final = 0.15
"""A price this far, as a fraction, from the newest daily close may be a split that we have not been told of."""

log = structlog.get_logger("ingest.yahoo")
failures = counter(
    "ingest_history_failures_total", "Charts of the past that could not be used, by reason; each is tried again.", ["reason"]
)
rows_dropped = counter("ingest_history_rows_dropped_total", "Rows of charts that cannot be closed bars.", ["timeframe", "reason"])
gaps_found = counter("ingest_history_gaps_total", "Runs of bars that the calendar expects and Yahoo did not give.", ["timeframe"])


class Charts(Protocol):
    """Asks for a chart; raises ``YahooError``."""

    async def chart(self, symbol: str, interval: str, params: Mapping[str, str | int]) -> Chart: ...


class Keeper(Protocol):
    """Keeps positions; raises ``TransientError``."""

    async def load(self, cursor: str) -> str | None: ...

    async def save(self, cursor: str, position: str, now: int) -> None: ...


class YahooHistory:
    """Yields backfills. A position is saved after its backfill was acknowledged, so that a restart goes on where it stopped."""

    name = "yahoo"

    def __init__(
        self,
        charts: Charts,
        instruments: Sequence[Instrument],
        keeper: Keeper,
        clock: Clock,
        stopping: asyncio.Event,
        chance: random.Random,
        health: HealthRecord,
        corrections: Corrections | None = None,
    ) -> None:
        """``corrections`` of the calendars; those of the project alone where nothing is given."""
        self._corrections = read_corrections() if corrections is None else corrections
        self._charts = charts
        self._health = health
        self._instruments = instruments
        self._keeper = keeper
        self._clock = clock
        self._stopping = stopping
        self._chance = chance
        self._due = {instrument.symbol: 0 for instrument in instruments}
        self._tries = dict.fromkeys(self._due, 0)
        self._adjust: dict[str, Adjustments] = {}
        self._put_off: set[str] = set()
        self._open_gaps: set[str] = set()
        self._newest: dict[str, ProviderBar] = {}
        self._hurried: dict[str, int] = {}

    async def events(self) -> AsyncIterator[Sequence[Item]]:
        while not self._stopping.is_set():
            for instrument, timeframe in self._work():
                found = await self._read(instrument, timeframe)
                if found is None:
                    continue
                if found.histories or found.quarantined:
                    yield (*((Backfill(instrument.symbol, found.histories),) if found.histories else ()), *found.quarantined)
                await self._keep(instrument, timeframe, found)
                if timeframe is INTRADAY[-1] and instrument.symbol not in self._put_off:
                    await self._done(instrument)
            await self._clock.wait(LOOK_SECONDS)

    def seen(self, symbol: str, price: float) -> None:
        """A tick has this price; when it is far from the newest daily close, the days are asked for at once."""
        newest, now = self._newest.get(symbol), self._clock.wall()
        close = newest.close * newest.split_factor if newest is not None else price
        far = close > 0 and abs(price / close - 1.0) > JUMP  # from a close of 0 or below nobody can say how far
        if far and now - self._hurried.get(symbol, 0) >= HURRY_SECONDS * 1000:
            self._hurried[symbol] = now
            self._due[symbol] = min(self._due[symbol], now)
            log.info("a price is far from the last close: has there been a split?", symbol=symbol, price=price, close=close)

    def _work(self) -> Iterator[tuple[Instrument, Timeframe]]:
        """Days of all that are due, since signals need them most and since they hold the factors; then their other timeframes."""
        now = self._clock.wall()
        ready = [each for each in self._instruments if self._due[each.symbol] <= now]
        self._put_off.clear()
        yield from ((each, Timeframe.D1) for each in ready if not self._stopping.is_set())
        with_days = [each for each in ready if each.symbol not in self._put_off]
        for each in with_days:
            yield from ((each, timeframe) for timeframe in INTRADAY if not self._stopping.is_set())

    async def _read(self, instrument: Instrument, timeframe: Timeframe) -> Found | None:
        """Ask for one chart and read it; None, and a later try, where that did not work."""
        try:
            found = await self._found(instrument, timeframe)
        except YahooError as error:
            failures.labels(error.reason).inc()
            self._later(instrument.symbol, timeframe, error, never_soon=isinstance(error, UnknownSymbolError))
            record_failure(self._health, SOURCE, error, self._clock.wall(), min(self._due.values()))
            return None
        except CurrencyError as error:
            failures.labels("currency").inc()
            self._later(instrument.symbol, timeframe, error, never_soon=True)
            return None
        except TransientError as error:
            failures.labels("database").inc()
            self._later(instrument.symbol, timeframe, error, never_soon=False)
            return None
        for reason, rows in found.dropped.items():
            rows_dropped.labels(timeframe.value, reason).inc(rows)
        gaps_found.labels(timeframe.value).inc(len(found.missing))
        return found

    async def _found(self, instrument: Instrument, timeframe: Timeframe) -> Found:
        position = read_position(await self._keeper.load(_cursor(instrument.symbol, timeframe)))
        position = in_hours(position, self._hours(instrument.exchange, position.until))
        now = self._clock.wall()
        calendar = await self._sessions(instrument.exchange, now)
        if timeframe is Timeframe.D1:
            end = now + int(2 * AHEAD_SECONDS * 1000)  # what takes effect at the next open is stamped with it
            chart, start = await self._ask(instrument.symbol, timeframe, now - DEPTH_MS[timeframe], end)
            known = self._newest.get(instrument.symbol)
            found = await asyncio.to_thread(read_daily, chart, instrument, calendar, position, start, now, known)
            self._adjust[instrument.symbol] = found.adjust
            if found.newest is not None:
                self._newest[instrument.symbol] = found.newest
            return found
        adjust = self._adjust[instrument.symbol]
        if nothing_new(position, timeframe, adjust.fingerprint, calendar, final_until(instrument.exchange, now)):
            return Found((), position, adjust, {}, (), ())
        chart, start = await self._ask(instrument.symbol, timeframe, ask_from(position, timeframe, adjust.fingerprint, now), now)
        return await asyncio.to_thread(read_intraday, chart, instrument, timeframe, adjust, calendar, position, start, now)

    async def _ask(self, symbol: str, timeframe: Timeframe, start: int, now: int) -> tuple[Chart, int]:
        """The chart from ``start`` to ``now``; of half that time where Yahoo says that this is too far back."""
        try:
            chart = await self._charts.chart(symbol, timeframe.value, {"period1": start // 1000, "period2": now // 1000})
        except InvalidRangeError as error:
            failures.labels(error.reason).inc()
            log.warning(
                "Yahoo does not go that far back; asked for half of it", symbol=symbol, timeframe=timeframe.value, error=str(error)
            )
            start = now - (now - start) // 2
            chart = await self._charts.chart(symbol, timeframe.value, {"period1": start // 1000, "period2": now // 1000})
        self._health.succeeded(SOURCE)
        return chart, start

    async def _sessions(self, exchange: str, now: int) -> Sessions:
        """The calendar around everything that can be asked for; made in a thread, since making one takes a second."""
        today = dt.datetime.fromtimestamp(now / 1000, dt.UTC).date()
        start = today.replace(year=today.year - YEARS, day=1) - dt.timedelta(days=14)
        return await asyncio.to_thread(sessions, exchange, start, today + dt.timedelta(days=14), self._corrections)

    def _hours(self, exchange: str, until: int) -> str:
        """Names the corrections that count for bars up to ``until``."""
        return digest(self._corrections, exchange, dt.datetime.fromtimestamp(until / 1000, dt.UTC).date())

    async def _keep(self, instrument: Instrument, timeframe: Timeframe, found: Found) -> None:
        symbol = instrument.symbol
        position = msgspec.structs.replace(found.position, hours=self._hours(instrument.exchange, found.position.until))
        if any(gap.tries < MAX_TRIES for gap in found.position.gaps):
            self._open_gaps.add(symbol)
        try:
            await self._keeper.save(_cursor(symbol, timeframe), write_position(position), self._clock.wall())
        except TransientError as error:
            log.warning("the position cannot be saved now; a restart would publish the same again", symbol=symbol, error=str(error))

    async def _done(self, instrument: Instrument) -> None:
        """All timeframes are published: next time before the next open or after the close, or soon where something was missing."""
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
        self._due[symbol] = min((moment for moment in moments if moment > now), default=now + int(RETRY_MOST_SECONDS * 1000))

    def _later(self, symbol: str, timeframe: Timeframe, error: Exception, *, never_soon: bool) -> None:
        self._put_off.add(symbol)
        tries, self._tries[symbol] = self._tries[symbol], self._tries[symbol] + 1
        pause = RETRY_MOST_SECONDS if never_soon else delay(tries, RETRY_SECONDS, RETRY_MOST_SECONDS, self._chance.random())
        self._due[symbol] = self._clock.wall() + int(pause * 1000)
        log.warning("no history", symbol=symbol, timeframe=timeframe.value, error=str(error), again_in_seconds=round(pause))


def _cursor(symbol: str, timeframe: Timeframe) -> str:
    return f"history:{symbol}:{timeframe.value}"
