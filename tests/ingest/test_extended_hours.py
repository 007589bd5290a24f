"""Real trading in extended hours puts no calendar in doubt; the same ticks marked as regular market do."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.ingest.adapters.clock import SystemClock
from services.ingest.adapters.yahoo.source import calendar_doubt, ticks_outside_sessions
from services.ingest.adapters.yahoo.stream import frames
from services.ingest.adapters.yahoo.stream_messages import REGULAR
from services.ingest.domain.off_hours import CalendarDoubt, OffHoursMonitor
from services.ingest.domain.universe import Instrument
from shared.events import Tick
from tests.hours import sessions
from tests.ingest.test_yahoo_live import running
from tests.until import until

MINUTES = Path(__file__).parent / "extended_hours" / "minutes-2013-10-07.csv"
DAY = dt.date(2013, 10, 7)
NYSE = sessions("NYSE", DAY - dt.timedelta(days=10), DAY + dt.timedelta(days=10))
SYMBOLS = ("SPY", "IBM", "BAC", "AIG")
BEFORE_OPEN, AFTER_CLOSE = 0, 2
"""``market_hours`` of Yahoo in extended hours."""


def at(clock: str) -> int:
    return int(dt.datetime.fromisoformat(f"{DAY}T{clock}").replace(tzinfo=ZoneInfo("America/New_York")).timestamp()) * 1000


OPEN, CLOSE = at("09:30"), at("16:00")


def ticks() -> list[Tick]:
    """Open, middle prices and close of each bar at equal distances, in order of time; the day volume rises with each tick."""
    found: list[Tick] = []
    rows = csv.DictReader(MINUTES.read_text().splitlines())
    for symbol, bars in groupby(rows, lambda row: row["symbol"]):
        volume = 0.0
        for bar in bars:
            start = at(bar["start_new_york"][11:])
            for number, name in enumerate(("open", "low", "high", "close")):
                volume += float(bar["volume"]) / 4
                ts = start + number * 15_000
                price = float(bar[name])
                found.append(Tick(symbol=symbol, price=price, ts_event=ts, ts_init=ts, source="yahoo-stream", day_volume=volume))
    return sorted(found, key=lambda tick: (tick.ts_event, tick.symbol))


def doubts(regular: Iterator[Tick]) -> list[CalendarDoubt]:
    monitor = OffHoursMonitor(dict.fromkeys(SYMBOLS, "NYSE"))
    return [doubt for tick in regular if (doubt := monitor.observe(tick, NYSE)) is not None]


def test_the_fixture_has_trading_on_both_sides_of_the_session() -> None:
    for symbol in SYMBOLS:
        mine = [tick.ts_event for tick in ticks() if tick.symbol == symbol]
        assert sum(ts < OPEN for ts in mine) >= 12
        assert sum(ts > CLOSE for ts in mine) >= 12
        assert sum(OPEN <= ts < CLOSE for ts in mine) == 4 * 30


def test_ticks_of_the_session_and_late_trades_at_the_close_raise_no_doubt() -> None:
    assert not doubts(tick for tick in ticks() if OPEN <= tick.ts_event <= CLOSE + 30 * 60_000)


@pytest.mark.parametrize(("first", "last"), [("07:30", "09:30"), ("16:00", "17:30")])
def test_extended_hours_marked_as_regular_market_raise_a_doubt(first: str, last: str) -> None:
    (doubt,) = doubts(tick for tick in ticks() if at(first) <= tick.ts_event < at(last))
    assert (doubt.exchange, doubt.session, doubt.session_open, doubt.session_close) == ("NYSE", 20131007, OPEN, CLOSE)
    assert doubt.instruments >= 3
    assert not OPEN <= doubt.ts <= CLOSE + 30 * 60_000


class Evening(SystemClock):
    """The wall time is the evening of the recorded day."""

    def wall(self) -> int:
        return at("20:00")


@pytest.mark.parametrize("marked_regular", [False, True])
async def test_the_stream_reports_only_what_is_marked_as_regular_market(tmp_path: Path, marked_regular: bool) -> None:
    instruments = tuple(
        Instrument(symbol=symbol, name_en=symbol, name_ko=symbol, exchange="NYSE", currency="USD", kind="stock")
        for symbol in SYMBOLS
    )
    streamed, received, sent = ticks(), frames.labels("ok"), 0
    before = received._value.get()
    async with running(tmp_path, instruments, clock=Evening) as rig:
        await until(lambda: rig.yahoo.subscriptions, 10, "subscribed")
        outside = ticks_outside_sessions.labels("NYSE")
        counted = outside._value.get()

        async def calendar_is_loaded() -> bool:
            nonlocal sent
            sent += 1
            await rig.stream_price("SPY", 167.0, time=at("04:00"), market_hours=REGULAR)
            return bool(outside._value.get() > counted)

        await until(calendar_is_loaded, 15, "the calendar is loaded")
        for tick in streamed:
            extended = BEFORE_OPEN if tick.ts_event < OPEN else AFTER_CLOSE
            hours = REGULAR if marked_regular or OPEN <= tick.ts_event <= CLOSE else extended
            await rig.stream_price(
                tick.symbol, tick.price, time=tick.ts_event, day_volume=int(tick.day_volume or 0), market_hours=hours
            )
        await until(lambda: received._value.get() == before + sent + len(streamed), 30, "all prices are received")
        if marked_regular:
            await until(lambda: rig.reports, 10, "reported")
            (report,) = rig.reports
            assert (report.symbol, report.what, report.reason) == ("NYSE", "feed", "outside_session")
            assert report.ts_event < OPEN
            assert (report.values["session_open"], report.values["session_close"]) == (OPEN, CLOSE)
        else:
            await until(lambda: len(rig.ticks) > len(streamed) // 2, 10, "the session is published")
            assert not rig.reports
            assert calendar_doubt.labels("NYSE")._value.get() == 0
