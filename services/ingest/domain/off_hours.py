"""Detects trading outside of every session, which shows that a calendar is wrong.

Late trades, quotes before the open and trades in extended hours are normal. Only ticks that the provider marks as regular market
count, later than ``GRACE_MS`` after a close. An instrument is trading when it has ``MIN_TICKS`` such ticks within
``WINDOW_MS``, its price has moved and, if known, its day volume has risen. A calendar is in doubt when more than half of the
exchange's instruments, or ``ENOUGH_INSTRUMENTS``, are trading at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from shared.calendars import Sessions
from shared.events import Tick

WINDOW_MS: Final = 600_000
GRACE_MS: Final = 1_800_000
"""Closing prices, settlements and their corrections arrive within this time after a close."""
MIN_TICKS: Final = 3
ENOUGH_INSTRUMENTS: Final = 5
REPORT_INTERVAL_MS: Final = 43_200_000
"""Minimum time between two reports of one exchange: one report per trading day."""


@dataclass(frozen=True)
class CalendarDoubt:
    """The calendar of an exchange is in doubt."""

    exchange: str
    ts: int
    """Event time of the tick that led to the report."""
    ticks: int
    """Ticks of the regular market outside sessions, in the window."""
    instruments: int
    """Instruments that are trading."""
    session: int
    """Date (yyyymmdd) of the calendar's nearest session; below, its open and close in milliseconds."""
    session_open: int
    session_close: int


@dataclass
class _Activity:
    ticks: int
    price: float
    volume: float | None
    price_moved: bool = False
    volume_rose: bool = False

    @property
    def is_trading(self) -> bool:
        return self.ticks >= MIN_TICKS and self.price_moved and (self.volume_rose or self.volume is None)


@dataclass
class _Window:
    number: int = -1
    symbols: dict[str, _Activity] = field(default_factory=dict)


class OffHoursMonitor:
    """Checks the regular-market ticks of all exchanges. Memory: one small record per instrument."""

    def __init__(self, exchanges: Mapping[str, str]) -> None:
        """``exchanges``: symbol -> exchange."""
        self._exchanges = exchanges
        self._required = {
            exchange: min(ENOUGH_INSTRUMENTS, count // 2 + 1) for exchange, count in Counter(exchanges.values()).items()
        }
        self._windows = {exchange: _Window() for exchange in self._required}
        self.in_doubt: dict[str, int] = {}
        """Exchange -> event time since which its calendar is in doubt, until a tick within a session."""
        self._reported: dict[str, int] = {}

    def observe(self, tick: Tick, calendar: Sessions) -> CalendarDoubt | None:
        """Process a tick of the regular market; returns the doubt to report, if any. ``calendar``: the sessions around the
        tick.
        """
        exchange, ts = self._exchanges[tick.symbol], tick.ts_event
        if not len(calendar.open):
            return None
        before = int(np.searchsorted(calendar.open, ts, side="right")) - 1
        if before >= 0 and ts <= calendar.close[before]:
            self.in_doubt.pop(exchange, None)
            return None
        if before >= 0 and ts <= calendar.close[before] + GRACE_MS:
            return None
        window = self._windows[exchange]
        if window.number != ts // WINDOW_MS:
            window.number, window.symbols = ts // WINDOW_MS, {}
        _record(window.symbols, tick)
        trading = sum(each.is_trading for each in window.symbols.values())
        if trading < self._required[exchange] or ts - self._reported.get(exchange, -REPORT_INTERVAL_MS) < REPORT_INTERVAL_MS:
            return None
        self.in_doubt[exchange] = self._reported[exchange] = ts
        near = _nearest(calendar, before, ts)
        ticks = sum(each.ticks for each in window.symbols.values())
        return CalendarDoubt(
            exchange, ts, ticks, trading, int(calendar.date[near]), int(calendar.open[near]), int(calendar.close[near])
        )


def _record(symbols: dict[str, _Activity], tick: Tick) -> None:
    known = symbols.get(tick.symbol)
    if known is None:
        symbols[tick.symbol] = _Activity(1, tick.price, tick.day_volume)
        return
    known.ticks += 1
    known.price_moved |= tick.price != known.price
    if tick.day_volume is not None:
        known.volume_rose |= known.volume is not None and tick.day_volume > known.volume
        known.volume = tick.day_volume if known.volume is None else known.volume


def _nearest(calendar: Sessions, before: int, ts: int) -> int:
    """Index of the session whose close before, or open after, is nearest to ``ts``."""
    after = before + 1
    if before < 0 or after >= len(calendar.open):
        return max(before, 0)
    return before if ts - calendar.close[before] <= calendar.open[after] - ts else after
