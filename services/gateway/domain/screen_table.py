"""The newest values of all instruments on one timeframe, column by column, so that a condition is evaluated for all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from shared import events

Floats = npt.NDArray[np.float64]
MAX_COLUMNS: Final = 2000
"""Names come from the topics: further ones are left out."""
BAR_FIELDS: Final = ("open", "high", "low", "close", "volume")


def _unknown(columns: int, rows: int) -> Floats:
    return np.full((columns, rows), np.nan)


@dataclass
class ScreenTable:
    """One row an instrument: the values of its newest bar and of the bar before. NaN is unknown."""

    max_rows: int = 20_000
    symbols: list[str] = field(default_factory=list)
    row_of: dict[str, int] = field(default_factory=dict)
    column_of: dict[str, int] = field(default_factory=lambda: {name: n for n, name in enumerate(BAR_FIELDS)})
    times: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(64, np.int64))
    """Closes of the newest bars, shape (rows,), milliseconds since the epoch."""
    current: Floats = field(default_factory=lambda: _unknown(32, 64))
    """Shape (columns, rows)."""
    previous: Floats = field(default_factory=lambda: _unknown(32, 64))
    replayed: set[str] = field(default_factory=set)
    """Symbols whose newest row is replayed."""
    waiting: dict[str, events.Bar] = field(default_factory=dict)
    """Bars whose row of indicators has not arrived yet."""
    version: int = 0

    def put_indicators(self, event: events.IndicatorRow) -> None:
        """Store a row of indicators. A newer one makes the present row the previous one; an older one is left out."""
        row = self._row(event.symbol)
        if row is None or event.ts_event < self.times[row]:
            return
        if event.ts_event > self.times[row]:
            self.previous[:, row] = self.current[:, row]
            self.current[:, row] = np.nan
            self.times[row] = event.ts_event
        self._store(row, {"close": event.close, **event.values})
        (self.replayed.add if event.replayed else self.replayed.discard)(event.symbol)
        bar = self.waiting.get(event.symbol)
        if bar is not None and bar.ts_event <= event.ts_event:
            self.put_bar(self.waiting.pop(event.symbol))
        self.version += 1

    def put_bar(self, event: events.Bar) -> None:
        """Store the fields of a bar, adjusted as indicators are; one that is ahead of the indicators waits for them."""
        row = self.row_of.get(event.symbol)
        if row is None or event.ts_event > self.times[row]:
            if event.symbol in self.waiting or len(self.waiting) < self.max_rows:
                self.waiting[event.symbol] = event
        elif event.ts_event == self.times[row]:
            price, shares = event.price_factor, event.split_factor if event.split_factor > 0 else 1.0
            values = {"open": event.open, "high": event.high, "low": event.low, "close": event.close}
            self._store(row, {name: value * price for name, value in values.items()} | {"volume": event.volume / shares})
            self.version += 1

    def _store(self, row: int, values: Mapping[str, float | None]) -> None:
        for name, value in values.items():
            column = self.column_of.get(name)
            if column is None:
                if len(self.column_of) >= MAX_COLUMNS:
                    continue
                column = self.column_of[name] = len(self.column_of)
                if column == len(self.current):
                    more = _unknown(len(self.current), self.current.shape[1])
                    self.current, self.previous = np.vstack((self.current, more)), np.vstack((self.previous, more))
            self.current[column, row] = np.nan if value is None else value

    def _row(self, symbol: str) -> int | None:
        row = self.row_of.get(symbol)
        if row is not None:
            return row
        row = len(self.symbols)
        if row >= self.max_rows:
            return None
        if row == len(self.times):
            more = _unknown(len(self.current), row)
            self.current, self.previous = np.hstack((self.current, more)), np.hstack((self.previous, more))
            self.times = np.concatenate((self.times, np.zeros(row, np.int64)))
        self.symbols.append(symbol)
        self.row_of[symbol] = row
        return row
