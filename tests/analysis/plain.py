"""Bars from hostile ticks, the slow and plain way: dictionaries, no arrays, one event at a time."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from shared.calendars import Sessions
from shared.events import Heartbeat, Tick, TickLog, Timeframe
from tests.hours import sessions

ORDER = list(Timeframe)
LENGTH = {"1m": 60_000, "5m": 300_000, "15m": 900_000, "30m": 1_800_000, "1h": 3_600_000, "4h": 14_400_000}


def date_of(number: int) -> dt.date:
    return dt.date(number // 10_000, number // 100 % 100, number % 100)


def week_of(number: int) -> object:
    """ISO 8601: the year and the week of its Thursday."""
    date = date_of(number)
    return date - dt.timedelta(days=date.weekday())


def month_of(number: int) -> object:
    return number // 100


@cache
def years(exchange: str) -> Sessions:
    return sessions(exchange, dt.date(2024, 1, 1), dt.date(2025, 12, 31))


@cache
def together(exchange: str, period_of: Callable[[int], object], date: int) -> tuple[int, int]:
    """Open of the first and close of the last session in the period of a session date, wherever the engine's calendar ends."""
    day = years(exchange)
    mine = [i for i, each in enumerate(day.date.tolist()) if period_of(each) == period_of(date)]
    return int(day.open[mine[0]]), int(day.close[mine[-1]])


Closed = tuple[str, str, int, int, int, float, float, float, float, float]


@dataclass
class Forming:
    start: int
    end: int
    session: int
    open: float
    high: float
    low: float
    close: float
    volume: float


@dataclass
class Symbol:
    sessions: Sessions
    forming: dict[str, Forming] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    last: Tick | None = None
    held: Tick | None = None
    price: float = 0.0
    price_at: int = 0
    newest: int = 0
    """Newest event time that moved a bar."""
    volume_day: int = 0
    volume: float | None = None
    splits: bool = False
    days: list[Forming] = field(default_factory=list)
    """Closed daily bars."""
    traded: float = 0.0
    """Price of the newest tick that moved a bar."""
    reference: float = 0.0
    vetted: int = 0
    """Open of the session that is looked at no more."""
    until: int | None = None
    """While a split is suspected: when that ends."""
    pending: list[Closed] = field(default_factory=list)

    def range(self) -> float | None:
        if len(self.days) < 15:
            return None
        total = 0.0
        for before, day in pairwise(self.days[-15:]):
            total += max(day.high, before.close) - min(day.low, before.close)
        return total / 14 / self.days[-1].close

    def jump(self, finest: str) -> float:
        usual = self.range()
        return 0.5 if usual is None or finest in ("1d", "1w", "1M") else min(0.5, max(0.2, 5 * usual))


class Plain:
    """Feeds on events; ``closed`` holds the bars in the order of their closing."""

    def __init__(self, listed: Mapping[str, Sessions], splitting: Collection[str] = ()) -> None:
        self.symbols = {symbol: Symbol(sessions, splits=symbol in splitting) for symbol, sessions in listed.items()}
        self.reports: list[tuple[str, str, str, int]] = []
        self.closed: list[Closed] = []
        self.counts: Counter[str] = Counter()

    def feed(self, event: TickLog) -> None:
        if isinstance(event, Heartbeat):
            known = {one.sessions.exchange for one in self.symbols.values()}
            if event.exchange not in known:
                self.counts["unknown"] += 1
            elif event.ts_event > event.ts_init + 60_000:
                self.counts["future"] += 1
            else:
                self.counts["heartbeat"] += 1
                mine = {name: one for name, one in self.symbols.items() if one.sessions.exchange == event.exchange}
                for name in mine:
                    self.go_on(name, event.ts_event)
                for name in mine:
                    self.close(name, event.ts_event)
        elif isinstance(event, Tick):
            self.tick(event)

    def tick(self, tick: Tick) -> None:
        if reason := self.flaw(tick):
            self.counts[reason] += 1
            if reason != "unknown":
                self.reports.append((tick.symbol, reason, "quarantined", tick.ts_event))
            return
        self.go_on(tick.symbol, tick.ts_event)
        one = self.symbols[tick.symbol]
        if self.repeated(one, tick):
            self.counts["duplicate"] += 1
            return
        agreed = False
        if one.held is not None:
            held, one.held = one.held, None
            agreed = abs(tick.price / held.price - 1) <= 0.1
            if not agreed:
                self.reports.append((tick.symbol, "spike", "quarantined", held.ts_event))
            self.counts[self.believe(one, held) if agreed else "absurd"] += 1
        if not agreed and one.price and abs(tick.price / one.price - 1) > one.jump(tick.finest):
            one.held = tick
        else:
            self.counts[self.believe(one, tick)] += 1

    def flaw(self, t: Tick) -> str:
        if t.symbol not in self.symbols:
            return "unknown"
        if not (0 < t.price <= 1e9):
            return "price"
        if not (0 <= t.size < math.inf) or not (t.day_volume is None or 0 <= t.day_volume < math.inf):
            return "size"
        if t.ts_event <= 0:
            return "time"
        if t.ts_event > t.ts_init + 60_000:
            return "future"
        return ""

    @staticmethod
    def repeated(one: Symbol, t: Tick) -> bool:
        if t.seq > 0:
            if t.seq <= one.numbers.get(t.source, 0):
                return True
            one.numbers[t.source] = t.seq
        elif one.last is not None:
            was = one.last
            if (t.ts_event, t.price, t.size, t.day_volume) == (was.ts_event, was.price, was.size, was.day_volume):
                return True
        one.last = t
        return False

    def go_on(self, name: str, ts: int) -> None:
        one = self.symbols[name]
        if one.until is not None and ts >= one.until:
            one.until = None
            for bar in one.pending:
                self.count_day(one, bar)
            self.closed += one.pending
            one.pending = []
            self.reports.append((name, "split", "released", one.newest))

    @staticmethod
    def count_day(one: Symbol, bar: Closed) -> None:
        if bar[1] == "1d":
            one.days.append(Forming(*bar[2:]))

    def vet(self, one: Symbol, t: Tick, opened: int, closes: int) -> None:
        if one.vetted == opened:
            return
        early = t.ts_event <= opened + 300_000
        if one.newest < opened:
            one.reference, early = one.traded, True
        looked = early and one.splits and one.until is None and one.reference
        ratio = looks_split(t.price, one.reference, one.range()) if looked else 0.0
        if ratio:
            small = max(ratio, 1 / ratio) < 2
            one.until = t.ts_event + 1_800_000 if small else closes + 3_600_000
            one.vetted = opened
            self.reports.append((t.symbol, "split", "quarantined", t.ts_event))
        if t.ts_event > opened + 300_000:
            one.vetted = opened

    def believe(self, one: Symbol, t: Tick) -> str:
        day = one.sessions
        at = max((i for i in range(len(day.open)) if day.open[i] <= t.ts_event <= day.close[i]), default=-1)
        last_moment = at >= 0 and t.ts_event == day.close[at]
        self.close(t.symbol, t.ts_event - (1 if last_moment else 0))
        if at < 0:
            self.quote(one, t)
            return "outside"
        where = {frame: self.interval(day, at, frame, t.ts_event) for frame in ORDER[ORDER.index(t.finest) :]}
        start, end = where[t.finest]
        open_bar = one.forming.get(t.finest)
        if end <= one.ended.get(t.finest, 0) or (open_bar is not None and start < open_bar.start):
            return "late"
        if open_bar is None and any(last <= one.ended.get(frame, 0) for frame, (_, last) in where.items()):
            return "late"
        self.vet(one, t, int(day.open[at]), int(day.close[at]))
        in_order = t.ts_event >= one.newest
        one.traded = t.price if in_order else one.traded
        volume = self.moved(one, t, int(day.date[at]), int(day.open[at]))
        for frame, (start, end) in where.items():
            bar = one.forming.get(frame)
            if bar is None:
                if end > one.ended.get(frame, 0):
                    one.forming[frame] = Forming(start, end, int(day.date[at]), t.price, t.price, t.price, t.price, volume)
                continue
            if t.ts_event < bar.start:  # a source with finer bars reaches further back than the open coarse one
                continue
            bar.high, bar.low, bar.volume = max(bar.high, t.price), min(bar.low, t.price), bar.volume + volume
            bar.close = t.price if in_order else bar.close
            bar.session = int(day.date[at])
        one.newest = max(one.newest, t.ts_event)
        self.quote(one, t)
        return "applied" if in_order else "reordered"

    @staticmethod
    def quote(one: Symbol, t: Tick) -> None:
        if t.ts_event >= one.price_at:
            one.price, one.price_at = t.price, t.ts_event

    @staticmethod
    def moved(one: Symbol, t: Tick, date: int, opened: int) -> float:
        if t.day_volume is None:
            return t.size
        if date < one.volume_day:
            return 0.0
        if date > one.volume_day:
            one.volume_day = date
            one.volume = 0.0 if one.newest or t.ts_event - opened <= 60_000 else None
        if one.volume is None:
            one.volume = t.day_volume
            return 0.0
        step = max(0.0, t.day_volume - one.volume)
        one.volume = max(one.volume, t.day_volume)
        return step

    @staticmethod
    def interval(day: Sessions, at: int, frame: str, ts: int) -> tuple[int, int]:
        opened, closes = int(day.open[at]), int(day.close[at])
        if frame == "1d":
            return opened, closes
        if frame == "1w":
            return together(day.exchange, week_of, int(day.date[at]))
        if frame == "1M":
            return together(day.exchange, month_of, int(day.date[at]))
        starts = list(range(opened, closes, LENGTH[frame]))
        start = max(each for each in starts if each <= ts)
        return start, min(start + LENGTH[frame], closes)

    def close(self, name: str, ts: int) -> None:
        one = self.symbols[name]
        for frame in ORDER:
            bar = one.forming.get(frame)
            if bar is not None and bar.end <= ts:
                del one.forming[frame]
                one.ended[frame] = bar.end
                prices = (bar.open, bar.high, bar.low, bar.close, bar.volume)
                closed = (name, str(frame), bar.start, bar.end, bar.session, *prices)
                if one.until is not None:
                    one.pending.append(closed)
                    continue
                self.closed.append(closed)
                self.count_day(one, closed)


FRACTIONS = (1.25, 4 / 3, 1.4, 1.5, 1.6, 5 / 3, 1.75, 2.5, 3.5)


def looks_split(price: float, before: float, usual: float | None) -> float:
    """New shares for an old one, by docs/data-quality.md; 0 where it does not look like a split."""
    usual = 0.05 if usual is None else usual
    up = max(price / before, before / price)
    if up < 1.2 or math.log(up) <= 6 * usual:
        return 0.0
    near = min(0.08, max(0.03, usual))
    whole = next((n for n in sorted((int(up), int(up) + 1), key=lambda n: abs(up / n - 1)) if n > 1 and abs(up / n - 1) <= near), 0)
    broken = next((r for r in FRACTIONS if abs(up / r - 1) <= 0.015), 0.0)
    found = whole or broken
    return found if price < before or not found else 1 / found
