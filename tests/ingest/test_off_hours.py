"""An exchange that trades outside of its sessions is reported; late trades, quotes and extended hours are not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.ingest.adapters.yahoo.source import calendar_doubt
from services.ingest.domain.off_hours import CalendarDoubt, OffHoursMonitor
from shared.calendars import CALENDARS, Sessions
from shared.corrections import BUNDLED, parse_corrections
from shared.events import Quarantined, Tick
from tests.hours import sessions
from tests.ingest.test_yahoo_live import crypto, running
from tests.until import until

MINUTE = 60_000
KOREA = {f"{i:06d}.KS": "KRX" for i in range(40)}
WITHOUT_EXAMS = tuple(
    each for each in parse_corrections(BUNDLED.read_text().splitlines(), "ours", CALENDARS) if each.exchange != "KRX"
)
"""The library's hours of KRX without corrections: 09:00 to 15:30 on the exam day."""


def library(exchange: str, day: dt.date) -> Sessions:
    return sessions(exchange, day - dt.timedelta(days=6), day + dt.timedelta(days=6), WITHOUT_EXAMS)


def at(day: dt.date, hour: int, minute: int = 0, zone: int = 9) -> int:
    return (
        int(dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=zone))).timestamp())
        * 1000
    )


def tick(symbol: str, ts: int, price: float, volume: float | None) -> Tick:
    return Tick(symbol=symbol, price=price, ts_event=ts, ts_init=ts + 20 * MINUTE, source="yahoo-stream", day_volume=volume)


def trading(symbols: list[str], first: int, last: int, *, moves: bool = True, volume: bool | None = True) -> Iterator[Tick]:
    """A tick per minute of each symbol; ``volume``: it rises (True), stays (False), or is unknown (None)."""
    for number, ts in enumerate(range(first, last, MINUTE)):
        for symbol in symbols:
            amount = None if volume is None else 1000.0 + number * 10 * volume
            yield tick(symbol, ts, 100.0 + number % 3 * moves, amount)


def doubts(monitor: OffHoursMonitor, ticks: Iterator[Tick], calendar: Sessions) -> list[CalendarDoubt]:
    return [found for each in ticks if (found := monitor.observe(each, calendar)) is not None]


EXAM = dt.date(2026, 11, 19)


def test_the_exam_day_is_reported_once_with_the_expected_hours() -> None:
    monitor, calendar = OffHoursMonitor(KOREA), library("KRX", EXAM)
    assert [int(calendar.close[calendar.date == 20261119][0])] == [at(EXAM, 15, 30)]
    (found,) = doubts(monitor, trading(sorted(KOREA), at(EXAM, 10), at(EXAM, 16, 31)), calendar)
    assert (found.exchange, found.session, found.session_open, found.session_close) == (
        "KRX",
        20261119,
        at(EXAM, 9),
        at(EXAM, 15, 30),
    )
    assert at(EXAM, 16) < found.ts <= at(EXAM, 16, 10)
    assert found.instruments == 5
    assert found.ticks >= 5 * 3
    assert set(monitor.in_doubt) == {"KRX"}
    monday = dt.date(2026, 11, 23)
    assert not doubts(monitor, trading(sorted(KOREA), at(monday, 9, 5), at(monday, 10)), calendar)
    assert not monitor.in_doubt


def test_with_the_right_calendar_nothing_is_reported() -> None:
    calendar = sessions("KRX", EXAM - dt.timedelta(days=6), EXAM + dt.timedelta(days=6))
    assert not doubts(OffHoursMonitor(KOREA), trading(sorted(KOREA), at(EXAM, 10), at(EXAM, 16, 31)), calendar)


def test_trading_on_a_holiday_is_reported_once_per_day() -> None:
    day = dt.date(2026, 12, 25)
    calendar = library("KRX", day)
    saturday = day + dt.timedelta(days=1)
    monitor = OffHoursMonitor(KOREA)
    found = doubts(monitor, trading(sorted(KOREA), at(day, 9), at(day, 15)), calendar)
    found += doubts(monitor, trading(sorted(KOREA), at(saturday, 9), at(saturday, 15)), calendar)
    assert [(each.exchange, each.ts // 86_400_000) for each in found] == [
        ("KRX", at(day, 9) // 86_400_000),
        ("KRX", at(saturday, 9) // 86_400_000),
    ]


@pytest.mark.parametrize(
    ("symbols", "start", "end", "moves", "volume"),
    [
        (40, (15, 31), (16, 0), True, True),  # closing prices, and corrections of them
        (40, (16, 0), (18, 0), False, True),  # trades after the close at the closing price
        (40, (16, 0), (18, 0), True, False),  # quotes that move without trades
        (40, (8, 0), (8, 59), True, False),  # quotes before the open
        (4, (16, 0), (18, 0), True, True),  # too few instruments
    ],
)
def test_normal_ticks_outside_of_sessions_are_not_reported(
    symbols: int, start: tuple[int, int], end: tuple[int, int], moves: bool, volume: bool
) -> None:
    day = dt.date(2026, 11, 17)
    ticks = trading(sorted(KOREA)[:symbols], at(day, *start), at(day, *end), moves=moves, volume=volume)
    assert not doubts(OffHoursMonitor(KOREA), ticks, library("KRX", day))


def test_one_late_print_each_is_not_trading() -> None:
    day = dt.date(2026, 11, 17)
    prints = (tick(symbol, at(day, 16, 5) + i, 101.0, 5000.0) for symbol in KOREA for i in range(2))
    assert not doubts(OffHoursMonitor(KOREA), prints, library("KRX", day))


def test_currencies_count_without_volume_and_half_of_the_futures_are_too_few() -> None:
    pairs = {"KRW=X": "FX", "EURUSD=X": "FX", "JPY=X": "FX"}
    saturday = dt.date(2026, 11, 14)
    calendar = library("FX", saturday)
    assert doubts(OffHoursMonitor(pairs), trading(sorted(pairs), at(saturday, 12), at(saturday, 13), volume=None), calendar)
    assert not doubts(OffHoursMonitor(pairs), trading(["KRW=X"], at(saturday, 12), at(saturday, 13), volume=None), calendar)
    futures = dict.fromkeys(("ES=F", "NQ=F", "YM=F", "GC=F", "SI=F", "CL=F"), "CME")
    labor = dt.date(2026, 9, 7)  # index futures stop at 12:00 in Chicago, metals and oil at 13:30
    metals = trading(["GC=F", "SI=F", "CL=F"], at(labor, 12, 0, -5), at(labor, 13, 30, -5))
    assert not doubts(OffHoursMonitor(futures), metals, library("CME", labor))


async def test_trading_on_a_closed_exchange_is_reported_and_extended_hours_are_not(tmp_path: Path) -> None:
    """The test's calendar is closed for crypto currencies on these days."""
    today = dt.datetime.now(dt.UTC).date()
    own = tmp_path / "own.jsonl"
    lines = [
        {"exchange": "CRYPTO", "source": "test", "date": str(today + dt.timedelta(days=days)), "closed": True}
        for days in range(-1, 4)  # the session before them is the nearest, at any hour of today
    ]
    own.write_text("\n".join(json.dumps(line) for line in lines))
    coins = tuple(crypto(symbol) for symbol in ("AAA-USD", "BBB-USD", "CCC-USD"))
    async with running(tmp_path, coins, calendar_corrections=own) as rig:
        await until(lambda: rig.yahoo.subscriptions, 10, "subscribed")

        async def stream(hours: int, enough: int) -> bool:
            for coin in coins:
                await rig.stream_price(coin.symbol, price=100.0 + len(rig.ticks), market_hours=hours)
            return bool(rig.reports) or len(rig.ticks) >= enough

        await until(lambda: stream(2, 30), 15, "extended hours")
        assert not rig.reports
        assert calendar_doubt.labels("CRYPTO")._value.get() == 0
        await until(lambda: stream(1, 10_000), 15, "reported")
        (report,) = rig.reports
        assert isinstance(report, Quarantined)
        assert (report.symbol, report.what, report.reason) == ("CRYPTO", "feed", "outside_session")
        assert report.values["instruments"] == 2
        assert (report.values["ticks"] or 0) >= 6
        assert (
            report.values["session_close"]
            == int(dt.datetime(*(today - dt.timedelta(days=1)).timetuple()[:3], tzinfo=dt.UTC).timestamp()) * 1000
        )
        assert "CRYPTO trades on " in report.note
        assert calendar_doubt.labels("CRYPTO")._value.get() == 1
