"""Bars from a log of ticks, the slow and plain way: one dict a symbol, one loop, no arrays.

Written from docs/signals.md, docs/data-quality.md and docs/decisions.md alone, so that a mistake in the engine is not made here a
second time.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from shared.calendars import Sessions
from shared.events import Heartbeat, History, Tick
from tests.hours import sessions

MINUTE = 60_000
LENGTH = {"1m": MINUTE, "5m": 5 * MINUTE, "15m": 15 * MINUTE, "30m": 30 * MINUTE, "1h": 60 * MINUTE, "4h": 240 * MINUTE}
ORDER = ("1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w", "1M")


@dataclass
class PlainBar:
    """One bar; ``live``: whether it was built from ticks; else a provider published it."""

    ts_open: int
    ts_close: int
    session: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    live: bool = True

    def add(self, price: float, size: float) -> None:
        self.high = max(self.high, price)
        self.low = min(self.low, price)
        self.close = price
        self.volume += size


@dataclass
class Reference:
    """Feeds on the log in its order; afterwards ``closed[symbol][timeframe]`` holds adjusted bars, oldest first."""

    exchanges: Mapping[str, str]
    start: dt.date
    end: dt.date
    closed: dict[str, dict[str, list[PlainBar]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    forming: dict[str, dict[str, PlainBar]] = field(default_factory=lambda: defaultdict(dict))
    last_seq: dict[str, int] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)
    held: dict[str, Tick] = field(default_factory=dict)
    absurd: int = 0
    splitting: frozenset[str] = frozenset()
    """Symbols that can be split."""
    traded: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Session and price of the newest tick inside one."""
    suspected: list[tuple[str, int, float]] = field(default_factory=list)
    """(symbol, time, ratio) of session openings that look like a split. No tape contains a split: every bar counts in the end."""

    def calendar(self, symbol: str) -> Sessions:
        return sessions(self.exchanges[symbol], self.start, self.end)

    def history(self, messages: Iterable[History]) -> None:
        for part in messages:
            calendar = self.calendar(part.symbol)
            for bar in part.bars:
                at = calendar.at(bar.ts_open)
                day = int(calendar.date[at]) if at >= 0 else 0
                f, g = bar.price_factor, bar.split_factor
                self.closed[part.symbol][part.timeframe].append(
                    PlainBar(
                        bar.ts_open,
                        bar.ts_close,
                        day,
                        bar.open * f,
                        bar.high * f,
                        bar.low * f,
                        bar.close * f,
                        bar.volume / g,
                        live=False,
                    )
                )

    def heartbeat(self, heartbeat: Heartbeat) -> None:
        for symbol, exchange in self.exchanges.items():
            if exchange == heartbeat.exchange:
                self._close(symbol, heartbeat.ts_event)

    def tick(self, tick: Tick) -> None:
        if tick.seq and tick.seq <= self.last_seq.get(tick.symbol, 0):
            return
        self.last_seq[tick.symbol] = tick.seq
        held = self.held.pop(tick.symbol, None)
        if held is not None:
            if abs(tick.price / held.price - 1) <= 0.1:
                self._apply(held)
                self._apply(tick)
                return
            self.absurd += 1
        last = self.last.get(tick.symbol)
        if last is not None and abs(tick.price / last - 1) > self.far(tick):
            self.held[tick.symbol] = tick
            return
        self._apply(tick)

    def usual(self, symbol: str) -> float | None:
        """The mean true range of the newest fourteen days, as a fraction of the newest close."""
        days = self.closed[symbol]["1d"][-15:]
        if len(days) < 15:
            return None
        spans = [max(day.high, before.close) - min(day.low, before.close) for before, day in itertools.pairwise(days)]
        return sum(spans) / 14 / days[-1].close

    def far(self, tick: Tick) -> float:
        usual = self.usual(tick.symbol)
        if usual is None or tick.finest in {"1d", "1w", "1M"}:
            return 0.5
        return min(0.5, max(0.2, 5 * usual))

    def _vet(self, tick: Tick, session: int) -> None:
        """Only the first tick of a session: those of the five minutes after it are near it on every tape."""
        known = self.traded.get(tick.symbol)
        if known is None:
            bars = [bars[-1] for bars in self.closed[tick.symbol].values() if bars]
            known = (0, max(bars, key=lambda bar: bar.ts_close).close) if bars else None
        if known is not None and known[0] != session and tick.symbol in self.splitting:
            usual = self.usual(tick.symbol)
            usual = 0.05 if usual is None else usual
            times = max(tick.price / known[1], known[1] / tick.price)
            if times < 1.2 or math.log(times) <= 6 * usual:
                return
            near = min(0.08, max(0.03, usual))
            found: list[float] = sorted((n for n in range(2, 1000) if abs(times / n - 1) <= near), key=lambda n: abs(times / n - 1))
            found += [n for n in (1.25, 4 / 3, 1.4, 1.5, 1.6, 5 / 3, 1.75, 2.5, 3.5) if abs(times / n - 1) <= 0.015]
            if found:
                self.suspected.append((tick.symbol, tick.ts_event, found[0] if tick.price < known[1] else 1 / found[0]))

    def _apply(self, tick: Tick) -> None:
        self.last[tick.symbol] = tick.price
        calendar = self.calendar(tick.symbol)
        at = calendar.at(tick.ts_event)
        if at < 0:
            self._close(tick.symbol, tick.ts_event)
            return
        opened, closes = int(calendar.open[at]), int(calendar.close[at])
        last_moment = tick.ts_event == closes
        self._close(tick.symbol, tick.ts_event - 1 if last_moment else tick.ts_event)
        self._vet(tick, int(calendar.date[at]))
        self.traded[tick.symbol] = (int(calendar.date[at]), tick.price)
        for timeframe in ORDER[ORDER.index(tick.finest) :]:
            bar = self.forming[tick.symbol].get(timeframe)
            if bar is not None:
                bar.add(tick.price, tick.size)
                continue
            first, last = self._interval(timeframe, tick.ts_event - (1 if last_moment else 0), opened, closes, calendar, at)
            price = tick.price
            bar = PlainBar(first, last, int(calendar.date[at]), price, price, price, price, tick.size)
            # history may have ended inside this week or month
            for day in reversed(self.closed[tick.symbol]["1d"]):
                if day.ts_close <= first:
                    break
                if day.ts_close > opened:
                    continue
                bar.open, bar.high, bar.low = day.open, max(bar.high, day.high), min(bar.low, day.low)
                bar.volume += day.volume
            self.forming[tick.symbol][timeframe] = bar

    def _interval(self, timeframe: str, ts: int, opened: int, closes: int, calendar: Sessions, at: int) -> tuple[int, int]:
        if timeframe == "1d":
            return opened, closes
        if timeframe == "1w":
            return self._ends(calendar, at, lambda date: date.isocalendar()[:2])
        if timeframe == "1M":
            return self._ends(calendar, at, lambda date: (date.year, date.month))
        length = LENGTH[timeframe]
        first = opened + (ts - opened) // length * length
        return first, min(first + length, closes)

    @staticmethod
    def _ends(calendar: Sessions, at: int, period: Callable[[dt.date], object]) -> tuple[int, int]:
        """Open of the first and close of the last session in the period of session ``at``."""

        def of(i: int) -> object:
            return period(dt.date.fromisoformat(str(int(calendar.date[i]))))

        first = last = at
        while first and of(first - 1) == of(at):
            first -= 1
        while last + 1 < len(calendar.date) and of(last + 1) == of(at):
            last += 1
        return int(calendar.open[first]), int(calendar.close[last])

    def _close(self, symbol: str, ts: int) -> None:
        for timeframe in ORDER:
            bar = self.forming[symbol].get(timeframe)
            if bar is not None and bar.ts_close <= ts:
                self.closed[symbol][timeframe].append(self.forming[symbol].pop(timeframe))
