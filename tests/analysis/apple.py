"""AAPL around its splits: raw days and minutes, the history that a provider publishes at a moment, and stores in memory."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from services.analysis.kernels.closed_bars import BAR_RECORD, BarRecords
from services.analysis.live.domain.calendar import Calendar, calendar
from services.analysis.live.domain.checkpoint import NeededWindow
from services.analysis.live.domain.engine import Engine, ListedInstrument
from services.analysis.live.domain.engine_outcome import EngineOutcome
from services.analysis.live.domain.ports import ProvidedBars
from services.analysis.live.handlers.history import HistoryReader
from shared.calendars import Sessions
from shared.events import CorporateAction, Heartbeat, History, HistoryReady, ProviderBar, Tick, TickLog, Timeframe
from shared.kafka import Record
from shared.topics import Topic
from tests.analysis.market import series
from tests.hours import sessions

FOLDER = Path(__file__).parent / "splits"
SPLITS = {dt.date(2014, 6, 9): 7.0, dt.date(2020, 8, 31): 4.0}
LISTED = {"AAPL": ListedInstrument("NASDAQ", "stock"), "OTHER": ListedInstrument("NASDAQ", "stock")}
HOUR = 3_600_000


@cache
def hours(year: int) -> Sessions:
    return sessions("NASDAQ", dt.date(year - 2, 12, 1), dt.date(year, 12, 31))


@cache
def market(year: int) -> Calendar:
    return calendar({"NASDAQ": hours(year)})


@dataclass(frozen=True)
class Day:
    """One raw day."""

    date: dt.date
    open_at: int
    close_at: int
    open: float
    high: float
    low: float
    close: float
    volume: float


@cache
def days(year: int) -> tuple[Day, ...]:
    """The days of the year's split, oldest first."""
    at = {date: i for i, date in enumerate(hours(year).date.tolist())}
    found = []
    for row in csv.DictReader((FOLDER / "aapl-daily.csv").open()):
        date = dt.date.fromisoformat(row["date"])
        if year - 1 <= date.year <= year:
            i = at[number(date)]
            prices = (float(row[name]) for name in ("open", "high", "low", "close", "volume"))
            found.append(Day(date, int(hours(year).open[i]), int(hours(year).close[i]), *prices))
    return tuple(found)


def number(date: dt.date) -> int:
    return date.year * 10_000 + date.month * 100 + date.day


@cache
def factors() -> tuple[tuple[int, float, float], ...]:
    """(last date, factor of dividends, factor of splits), oldest first."""
    rows = csv.DictReader((FOLDER / "aapl-factors.csv").open())
    return tuple((int(row["until"]), float(row["dividends"]), float(row["splits"])) for row in rows)


def factor(date: dt.date, known: dt.date) -> tuple[float, float]:
    """Price factor and split factor of a day, as known on (the morning of) another one."""
    (dividends, splits), (now_dividends, now_splits) = (
        next((d, s) for until, d, s in factors() if until >= number(day)) for day in (date, max(date, known))
    )
    split = splits / now_splits
    if abs(1 / split - round(1 / split)) < 1e-4:
        split = 1 / round(1 / split)
    return split * dividends / now_dividends, split


def ticks(day: Day, seq: int, symbol: str = "AAPL") -> list[TickLog]:
    """The day as a tape of days plays it: four ticks, with heartbeats between and at open and close."""
    middle = (day.low, day.high) if day.close >= day.open else (day.high, day.low)
    times = [day.open_at + (day.close_at - 1 - day.open_at) * i // 3 for i in range(4)]
    played: list[TickLog] = [heartbeat(day.open_at, "session_open")]
    for i, (ts, price) in enumerate(zip(times, (day.open, *middle, day.close), strict=True)):
        played += [tick(ts, price, seq + i, size=day.volume / 4, symbol=symbol, finest=Timeframe.D1), heartbeat(ts + 60_000)]
    return [*played[:-1], heartbeat(day.close_at, "session_close")]


def tick(ts: int, price: float, seq: int, *, size: float, symbol: str = "AAPL", finest: Timeframe = Timeframe.M1) -> Tick:
    return Tick(symbol=symbol, price=price, ts_event=ts, ts_init=ts, source="test", seq=seq, size=size, finest=finest)


def heartbeat(ts: int, mark: Any = "beat") -> Heartbeat:
    return Heartbeat(exchange="NASDAQ", ts_event=ts, ts_init=ts, source="test", mark=mark)


def provider_history(year: int, now: int, known: dt.date, *, ratio: float | None = None) -> list[History]:
    """The provider's history at ``now``: all closed days, with the actions known on the day ``known``.

    ``ratio``: the ratio that it publishes for the year's split, if that is wrong.
    """
    ex = next(date for date in SPLITS if date.year == year)
    bars, actions = [], []
    for before, day in zip((None, *days(year)), days(year), strict=False):
        if day.date <= known and before is not None:
            then, at = factor(before.date, known), factor(day.date, known)
            if then[1] != at[1]:
                actions.append(CorporateAction(kind="split", ts_event=day.open_at, value=ratio or SPLITS[day.date]))
            elif then[0] != at[0]:
                paid = before.close * (1 - then[0] / at[0])
                actions.append(CorporateAction(kind="dividend", ts_event=day.open_at, value=paid))
        if day.close_at <= now:
            price, split = factor(day.date, known)
            if ratio and day.date < ex <= known:
                price, split = price / split / ratio, 1 / ratio
            bars.append(
                ProviderBar(
                    ts_open=day.open_at, ts_close=day.close_at, open=day.open, high=day.high, low=day.low, close=day.close,
                    volume=day.volume, price_factor=price, split_factor=split,
                )
            )  # fmt: skip
    return [
        History(
            symbol="AAPL", exchange="NASDAQ", timeframe=Timeframe.D1, bars=tuple(bars), ts_event=bars[-1].ts_close, ts_init=now,
            source="provider", reason="repair", actions=tuple(actions),
        )
    ]  # fmt: skip


def minutes(date: dt.date) -> Iterator[tuple[int, float, float, float]]:
    """(start, open, close, volume) of the minutes of a session."""
    zone = ZoneInfo("America/New_York")
    for row in csv.DictReader((FOLDER / "aapl-minutes.csv").open()):
        start = dt.datetime.fromisoformat(row["start_new_york"]).replace(tzinfo=zone)
        if start.date() == date:
            yield int(start.timestamp() * 1000), float(row["open"]), float(row["close"]), float(row["volume"])


@dataclass
class Stores:
    """The table of bars and the topic of history, in memory, behind the handler's own interfaces."""

    rows: dict[tuple[str, Timeframe, int], Any] = field(default_factory=dict)
    topic: list[History] = field(default_factory=list)

    async def closed_bars(
        self,
        symbol: str,
        limit: int,  # noqa: ARG002
        after: Mapping[Timeframe, int] | None = None,
    ) -> dict[Timeframe, BarRecords]:
        found: dict[Timeframe, list[Any]] = {}
        for (name, timeframe, _), row in sorted(self.rows.items(), key=lambda item: item[0][2]):
            if name == symbol and row[0] > (after or {}).get(timeframe, -1):
                found.setdefault(timeframe, []).append(row)
        return {timeframe: np.array(rows, BAR_RECORD) for timeframe, rows in found.items()}

    async def windows(self, needed_windows: Sequence[NeededWindow]) -> dict[tuple[str, Timeframe], BarRecords]:
        return {
            (each.symbol, each.timeframe): (await self.closed_bars(each.symbol, 0))[each.timeframe][-each.n :]
            for each in needed_windows
        }

    async def symbols(self) -> frozenset[str]:
        return frozenset(symbol for symbol, *_ in self.rows)

    async def read(self, topic: Topic[History], partition: int, first: int, last: int) -> list[Record[History]]:
        run = enumerate(self.topic[first : last + 1], first)
        return [Record(topic.name, partition, offset, event.ts_init, event.symbol, event, None) for offset, event in run]

    def keep(self, provided: Sequence[ProvidedBars], outcome: EngineOutcome) -> None:
        for each in provided:
            for row in each.bars.tolist():
                self.rows[each.symbol, each.timeframe, row[0]] = row
        for b in outcome.bars:
            values = (b.open, b.high, b.low, b.close, b.volume, b.price_factor, b.split_factor, b.replayed, b.source, b.incomplete)
            self.rows[b.symbol, b.timeframe, b.ts_event] = (b.ts_event, b.ts_open, b.session, *values)


@dataclass
class Replayer:
    """One engine with its stores; applies log and history as the service does."""

    year: int
    stores: Stores = field(default_factory=Stores)
    output: EngineOutcome = field(default_factory=EngineOutcome)

    def __post_init__(self) -> None:
        self.engine = Engine(market(self.year), LISTED, series())
        self.reader = HistoryReader(self.stores, self.stores, 100_000)

    def apply(self, events: Sequence[TickLog]) -> None:
        self._add(self.engine.apply(events))

    async def load(self, histories: Sequence[History]) -> None:
        first = len(self.stores.topic)
        self.stores.topic += histories
        last = histories[-1]
        ready = HistoryReady(
            symbol=last.symbol, ts_event=last.ts_event, ts_init=last.ts_init, source=last.source,
            first=first, last=len(self.stores.topic) - 1,
        )  # fmt: skip
        resolved = True
        while resolved:
            loaded = await self.reader.load(self.engine, 0, ready)
            resolved = loaded.resolved
            self.stores.keep(loaded.provided, loaded.outcome if resolved else EngineOutcome())
            if resolved:
                self._add(loaded.outcome)
            else:
                assert not loaded.outcome.signals
                self.output.quotes += loaded.outcome.quotes

    async def restart(self) -> None:
        """The process ends here, and another one continues from its checkpoint."""
        from services.analysis.live.domain.checkpoint import fill, needed_windows, parse

        blob = self.engine.snapshot()
        saved = parse(blob)
        state = series().with_requested(saved.requested).state()
        fill(state, saved)
        windows = await self.stores.windows(needed_windows(state))
        self.engine = Engine.restore(blob, windows, market(self.year), LISTED, series())
        assert self.engine.snapshot() == blob

    def _add(self, outcome: EngineOutcome) -> None:
        self.stores.keep((), outcome)
        self.output.bars += outcome.bars
        self.output.signals += [signal for signal in outcome.signals if not signal.provisional]
        self.output.quotes += outcome.quotes
        self.output.quarantined += outcome.quarantined
        self.output.counts.update(outcome.counts)
