"""Bars end when the exchange does; a checkpoint with other hours, and bars that a provider contradicts, are put right."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import select

from services.analysis.kernels.closed_bars import BAR_RECORD, BarRecords
from services.analysis.live.adapters.checkpoints import CheckpointTable
from services.analysis.live.domain.calendar import Calendar, calendar
from services.analysis.live.domain.checkpoint import needed_windows
from services.analysis.live.domain.engine import Engine, ListedInstrument
from services.analysis.live.domain.layout import DAY
from services.analysis.live.domain.ports import Checkpoint, CheckpointRows, ProvidedBars
from services.analysis.live.domain.provided_bars import bars_of_history
from services.analysis.live.domain.superseded_bars import MOST_REPORTED, contradiction_reports, superseded, without_superseded
from services.analysis.live.handlers.history import HistoryReader
from shared.calendars import CALENDARS, Corrections, read_corrections
from shared.corrections import parse_corrections
from shared.db import open_database
from shared.events import Bar, Heartbeat, History, HistoryReady, ProviderBar, Tick, TickLog, Timeframe
from shared.kafka import Record
from shared.tables import bars as table
from shared.topics import Topic
from tests.analysis.market import series
from tests.analysis.tape import of_symbol, stored
from tests.hours import sessions

MINUTE = 60_000
SEOUL, CHICAGO, NEW_YORK = "Asia/Seoul", "America/Chicago", "America/New_York"
LISTED = {
    "005930.KS": ListedInstrument("KRX", "stock"),
    "ES=F": ListedInstrument("CME", "future"),
    "EURUSD=X": ListedInstrument("FX", "fx"),
}
LIBRARY = tuple(each for each in read_corrections() if each.exchange != "KRX")
"""The library's sessions of Korea, without the exam days."""


@cache
def hours(first: dt.date, last: dt.date, corrections: Corrections | None = None) -> Calendar:
    return calendar({each: sessions(each, first, last, corrections) for each in ("KRX", "CME", "FX")})


def engine(market: Calendar) -> Engine:
    return Engine(market, LISTED, series())


def at(day: str, clock: str, zone: str) -> int:
    return int(dt.datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000


def ticks(symbol: str, first: int, last: int, every: int = 5 * MINUTE) -> list[TickLog]:
    """A price that rises by 0.01 with each tick, and after each a heartbeat."""
    log: list[TickLog] = []
    for ts in range(first, last, every):
        price = 100.0 + (ts - first) // every / 100
        log.append(Tick(symbol=symbol, price=price, ts_event=ts, ts_init=ts, source="yahoo-stream", size=1.0))
    return log


def heartbeat(exchange: str, ts: int) -> Heartbeat:
    return Heartbeat(exchange=exchange, ts_event=ts, ts_init=ts, source="yahoo")


def of(found: list[Bar], timeframe: Timeframe) -> list[Bar]:
    return [bar for bar in found if bar.timeframe == timeframe]


@pytest.mark.parametrize(
    ("symbol", "day", "opens", "closes", "zone"),
    [
        ("005930.KS", "2026-11-19", "10:00", "16:30", SEOUL),
        ("005930.KS", "2026-11-18", "09:00", "15:30", SEOUL),
        ("ES=F", "2026-06-17", "17:00 before", "16:00", CHICAGO),
        ("ES=F", "2026-06-19", "17:00 before", "12:00", CHICAGO),
        ("ES=F", "2026-03-09", "17:00 before", "16:00", CHICAGO),  # after the night in which clocks go forward
        ("EURUSD=X", "2026-11-20", "00:00 UTC", "17:00", NEW_YORK),
        ("EURUSD=X", "2026-11-02", "17:00 before", "00:00 UTC", NEW_YORK),  # the first Monday of winter time
    ],
)
def test_the_daily_bar_ends_when_the_exchange_closes(symbol: str, day: str, opens: str, closes: str, zone: str) -> None:
    date, exchange = dt.date.fromisoformat(day), LISTED[symbol].exchange
    if opens == "00:00 UTC":
        first = at(day, "00:00", "UTC")
    else:
        first = at(str(date - dt.timedelta(days=3 if date.weekday() == 0 else 1)) if "before" in opens else day, opens[:5], zone)
        first = at(str(date - dt.timedelta(days=1)), opens[:5], zone) if "before" in opens else first
    last = at(str(date + dt.timedelta(days=1)), "00:00", "UTC") if closes == "00:00 UTC" else at(day, closes, zone)
    one = engine(hours(dt.date(2026, 3, 2), dt.date(2026, 12, 4)))
    log = ticks(symbol, first, last)
    early = one.apply([*log, heartbeat(exchange, last - 1)])
    assert not of(early.bars, Timeframe.D1)
    (bar,) = of(one.apply([heartbeat(exchange, last)]).bars, Timeframe.D1)
    assert (bar.ts_open, bar.ts_event, bar.session) == (first, last, int(day.replace("-", "")))
    assert (bar.open, bar.close, bar.volume) == (100.0, max(tick.price for tick in log if isinstance(tick, Tick)), len(log))
    beyond = one.apply(ticks(symbol, last + MINUTE, last + 60 * MINUTE) if exchange != "FX" or date.weekday() == 4 else [])
    assert not beyond.bars
    assert not of(early.bars, Timeframe.H1) or of(early.bars, Timeframe.H1)[-1].ts_event < last


MORNING = at("2026-11-19", "09:00", SEOUL)
EXAM = at("2026-11-19", "10:00", SEOUL), at("2026-11-19", "16:30", SEOUL)
FIRST, LAST = dt.date(2026, 11, 2), dt.date(2026, 12, 4)


def restored(one: Engine, market: Calendar, closed: list[Bar]) -> Engine:
    found = stored(closed)
    windows = {(each.symbol, each.timeframe): found[each.symbol, each.timeframe][-each.n :] for each in needed_windows(one.state)}
    return Engine.restore(one.snapshot(), windows, market, one.listed, one.series)


def test_hours_that_are_corrected_in_mid_session_move_the_end_of_the_forming_bars() -> None:
    wrong, right = hours(FIRST, LAST, LIBRARY), hours(FIRST, LAST)
    one = engine(wrong)
    noon = at("2026-11-19", "12:00", SEOUL)
    early = one.apply(ticks("005930.KS", EXAM[0], noon))
    assert one.version() == engine(right).version()  # a checkpoint stays valid
    two = restored(one, right, early.bars)
    assert two.realigned == 2  # the day and its first four hours; the week and the month begin and end as they did
    late = two.apply([*ticks("005930.KS", noon, EXAM[1]), heartbeat("KRX", EXAM[1])])
    (day,) = of(late.bars, Timeframe.D1)
    assert (day.ts_open, day.ts_event, day.volume) == (*EXAM, 78)
    assert of(late.bars, Timeframe.H1)[-1].ts_event == EXAM[1]
    assert [bar.ts_event for bar in of(late.bars, Timeframe.H4)] == [EXAM[0] + 240 * MINUTE, EXAM[1]]


def test_a_restart_with_the_same_hours_or_with_others_of_another_day_moves_nothing() -> None:
    ahead = parse_corrections(
        [json.dumps({"exchange": "KRX", "source": "a notice", "date": "2026-12-02", "closed": True})], "own", CALENDARS
    )
    one = engine(hours(FIRST, LAST))
    early = one.apply(ticks("005930.KS", EXAM[0], EXAM[0] + 100 * MINUTE))
    for market in (hours(FIRST, LAST), hours(FIRST, LAST, (*read_corrections(), *ahead))):
        two = restored(one, market, early.bars)
        assert two.realigned == 0
        assert two.snapshot() == one.snapshot()


NOTHING: Mapping[Timeframe, int] = MappingProxyType({})


class HistoryStore:
    """One history in the log, over the bars of a table."""

    def __init__(self, history: History, table: dict[Timeframe, BarRecords]) -> None:
        self.history, self.table = history, table

    async def read(self, topic: Topic[History], partition: int, first: int, last: int) -> list[Record[History]]:  # noqa: ARG002
        return [Record(topic.name, partition, 0, 0, self.history.symbol, self.history, None)]

    async def closed_bars(self, symbol: str, limit: int, after: Mapping[Timeframe, int] = NOTHING) -> dict[Timeframe, BarRecords]:  # noqa: ARG002
        return self.table

    async def windows(self, needed_windows: Any) -> Any:
        raise NotImplementedError

    async def symbols(self) -> frozenset[str]:
        raise NotImplementedError


def provided(ts_open: int, ts_close: int, close: float = 101.0) -> History:
    bar = ProviderBar(ts_open=ts_open, ts_close=ts_close, open=100.0, high=close + 1, low=99.0, close=close, volume=500.0)
    return History(
        symbol="005930.KS", exchange="KRX", timeframe=Timeframe.D1, bars=(bar,), ts_event=ts_close, ts_init=ts_close + MINUTE,
        source="yahoo-history", reason="repair",
    )  # fmt: skip


READY = HistoryReady(symbol="005930.KS", ts_event=EXAM[1], ts_init=EXAM[1] + MINUTE, source="yahoo-history", first=0, last=0)


async def test_the_day_that_ended_too_early_is_replaced_and_indicators_follow() -> None:
    """The library's hours made a bar of 10:00 to 15:30; then the day is corrected, and the provider's whole bar arrives."""
    wrong, right = hours(FIRST, LAST, LIBRARY), hours(FIRST, LAST)
    one = engine(wrong)
    live = one.apply([*ticks("005930.KS", EXAM[0], EXAM[1]), heartbeat("KRX", EXAM[1])])
    (short,) = of(live.bars, Timeframe.D1)
    assert (short.ts_event, short.volume) == (at("2026-11-19", "15:30", SEOUL), 67)
    two = restored(one, right, live.bars)
    store = HistoryStore(provided(*EXAM, close=150.0), of_symbol(stored(live.bars), "005930.KS"))
    loaded = await HistoryReader(store, store, 1000).load(two, 0, READY)
    assert not loaded.outcome.signals
    (row,) = [row for row in loaded.outcome.rows if row.timeframe == Timeframe.D1]
    assert (row.ts_event, row.close) == (EXAM[1], 150.0)
    (day,) = [each for each in loaded.provided if each.timeframe == Timeframe.D1]
    assert (day.superseded, day.bars["ts_close"].tolist()) == ((short.ts_event,), [EXAM[1]])
    (report,) = loaded.outcome.quarantined
    assert (report.what, report.reason, report.outcome) == ("bar", "contradicted", "repaired")
    assert (report.ts_event, report.values["close"], report.values["last"]) == (short.ts_event, short.close, 150.0)
    forming = two.state.forming[two.state.rows["005930.KS"], DAY]
    assert (forming["n"], forming["last_end"]) == (1, EXAM[1])


async def test_a_bar_that_agrees_is_replaced_without_a_report() -> None:
    one = engine(hours(FIRST, LAST))
    live = one.apply([*ticks("005930.KS", EXAM[0], EXAM[1]), heartbeat("KRX", EXAM[1])])
    (day,) = of(live.bars, Timeframe.D1)
    store = HistoryStore(provided(*EXAM, close=day.close), of_symbol(stored(live.bars), "005930.KS"))
    near = History(**{**_fields(store.history), "bars": (_same(day),)})
    store.history = near
    loaded = await HistoryReader(store, store, 1000).load(one, 0, READY)
    assert not loaded.outcome.quarantined
    assert [each.superseded for each in loaded.provided] == [()]
    assert str(loaded.provided[0].bars["source"][0]) == "yahoo-history"


def _fields(history: History) -> dict[str, Any]:
    return {name: getattr(history, name) for name in history.__struct_fields__}


def _same(bar: Bar) -> ProviderBar:
    return ProviderBar(
        ts_open=bar.ts_open, ts_close=bar.ts_event, open=bar.open, high=bar.high * 1.004, low=bar.low, close=bar.close, volume=9e9
    )


def test_only_bars_that_overlap_fall_away_and_one_endless_bar_clears_nothing() -> None:
    day = 86_400_000

    def run(*spans: tuple[int, int]) -> BarRecords:
        found = np.zeros(len(spans), BAR_RECORD)
        found["ts_open"], found["ts_close"] = zip(*spans, strict=True)
        found["open"] = found["high"] = found["low"] = found["close"] = found["price_factor"] = found["split_factor"] = 1.0
        return found

    mine = {Timeframe.D1: run((0, day // 2), (day, day + 10), (2 * day, 2 * day + 10)), Timeframe.H1: run((0, 3_600_000))}
    hour_later = {Timeframe.D1: run((5, day // 2 + 5), (2 * day, 2 * day + 10))}
    gone = superseded(mine, hour_later)
    assert {timeframe: closes.tolist() for timeframe, closes in gone.items()} == {Timeframe.D1: [day // 2]}
    assert without_superseded(mine, gone)[Timeframe.D1]["ts_close"].tolist() == [day + 10, 2 * day + 10]
    assert superseded(mine, {Timeframe.D1: run((0, 300 * day))}) == {}
    assert superseded(mine, {Timeframe.D1: run((day // 2, day), (day + 10, 2 * day))}) == {}  # they touch, and do not overlap


def test_many_contradictions_are_counted_and_few_reported() -> None:
    mine, theirs = np.zeros(50, BAR_RECORD), np.zeros(50, BAR_RECORD)
    for found, close, source in ((mine, 1.0, "yahoo-stream"), (theirs, 2.0, "yahoo-history")):
        found["session"], found["ts_close"] = np.arange(50), np.arange(50) + 1
        found["open"] = found["high"] = found["low"] = found["close"] = close
        found["source"] = source
    reports = contradiction_reports("A", mine, theirs, 99)
    assert len(reports) == MOST_REPORTED
    assert [report.ts_event for report in reports] == list(range(50, 40, -1))
    assert [report.more for report in reports] == [40] + [0] * 9
    assert not contradiction_reports("A", theirs, theirs, 99)


async def test_what_is_superseded_leaves_the_table_with_the_checkpoint(database_url: str) -> None:
    wrong, right = at("2026-11-19", "15:30", SEOUL), EXAM[1]
    async with open_database(database_url) as database:
        store = CheckpointTable(database, "me")
        for number, (close, gone) in enumerate(((wrong, ()), (right, (wrong,)))):
            run = bars_of_history([provided(EXAM[0], close)], close + MINUTE)
            others = bars_of_history([provided(EXAM[0] - 86_400_000, EXAM[0] - 70_000_000)], close)
            facts = CheckpointRows(
                [ProvidedBars("005930.KS", Timeframe.D1, run, gone), ProvidedBars("OTHER", Timeframe.D1, others)], [], []
            )
            await store.save(0, number or None, Checkpoint(number + 1, "v", b""), facts, 1)
        async with database.connect() as connection:
            rows = (await connection.execute(select(table.c.symbol, table.c.ts_close).order_by(table.c.symbol))).all()
        assert [tuple(row) for row in rows] == [("005930.KS", right), ("OTHER", EXAM[0] - 70_000_000)]
