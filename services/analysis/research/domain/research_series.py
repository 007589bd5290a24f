"""The bars of one instrument as research reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from services.analysis.kernels.closed_bars import BAR_RECORD, AdjustedBars, BarRecords, adjusted, context
from services.analysis.kernels.indicators.kind import Bars, Floats, Int64s
from shared.events import Timeframe

HASHED: Final = ("ts_close", "ts_open", "session", "open", "high", "low", "close", "volume", "price_factor", "split_factor")
"""The fields of a bar that a result depends on."""
SERIES_RECORD: Final = np.dtype([(name, BAR_RECORD[name]) for name in HASHED])
"""BAR_RECORD without what says where a bar came from: less than half of the memory. Shape (bars,), close times ascending."""
SMALLEST: Final = 1e-9
"""A relative step of a factor below this is rounding, not a dividend or a split."""


@dataclass(frozen=True)
class ResearchSeries:
    """The closed bars of one instrument and timeframe, oldest first, with those of the other timeframes that its signals read.

    The same for stored bars, tapes and files. Nothing changes the arrays.
    """

    symbol: str
    kind: str
    """index, future, stock, etf, fx or crypto."""
    exchange: str
    """Code in ``shared.calendars.CALENDARS``."""
    timeframe: Timeframe
    bars: Mapping[Timeframe, BarRecords]
    """Raw bars (dtype SERIES_RECORD) by timeframe; those of ``timeframe`` are among them."""
    industries: tuple[str, ...] = ()
    currency: str = ""
    """Of the prices; empty: not known."""
    negative: bool = False
    """Prices of 0 and below are possible."""
    source: str = ""
    """Where the bars are from, for people: ``stored``, ``tape daily`` or the name of a file."""

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def raw(self) -> BarRecords:
        """The bars as traded, dtype SERIES_RECORD: (bars,)."""
        return self.bars[self.timeframe]

    @property
    def ts_close(self) -> Int64s:
        """Close times, milliseconds since the epoch: (bars,)."""
        return self.adjusted.ts_close

    @property
    def session(self) -> Int64s:
        """Session dates, yyyymmdd: (bars,)."""
        return self.adjusted.session

    @cached_property
    def adjusted(self) -> AdjustedBars:
        """The inputs of indicators: price x price_factor, volume / split_factor, and the 52-week context; each (bars,)."""
        return adjusted(self.raw, context(self.timeframe, self.bars))

    @cached_property
    def inputs(self) -> Bars:
        """``adjusted`` as the kernels take it."""
        return Bars(*(np.ascontiguousarray(getattr(self.adjusted, name)) for name in Bars._fields))

    @cached_property
    def splits(self) -> Floats:
        """Shares after the open of a bar for one share before it: (bars,); 1.0 where nothing is split."""
        factor = self.raw["split_factor"]
        found = np.ones(len(factor))
        found[1:] = factor[1:] / factor[:-1]
        return np.where(np.abs(found - 1.0) < SMALLEST, 1.0, found)

    @cached_property
    def dividends(self) -> Floats:
        """Cash for one share (of the bar's own shares) that was held over the close before a bar: (bars,); 0.0 where none is paid.

        The step of the dividend factor is 1 - amount / previous close (the method of CRSP). It is negative where holders paid.
        """
        raw, found = self.raw, np.zeros(len(self.raw))
        by = raw["price_factor"] / raw["split_factor"]
        step = by[:-1] / by[1:]
        before = raw["close"][:-1] / self.splits[1:]
        found[1:] = np.where(np.abs(step - 1.0) < SMALLEST, 0.0, before * (1.0 - step))
        return found

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (64 hex digits) over all bars and what the instrument is. It does not depend on where the bars were read."""
        found = hashlib.sha256(repr((self.symbol, self.kind, self.exchange, str(self.timeframe), self.industries)).encode())
        for timeframe in sorted(self.bars, key=list(Timeframe).index):
            records = self.bars[timeframe]
            found.update(f"{timeframe}:{len(records)}".encode())
            for name in HASHED:
                kind = "<i8" if np.issubdtype(records.dtype[name], np.integer) else "<f8"
                found.update(np.ascontiguousarray(records[name], kind).tobytes())
        return found.hexdigest()

    def between(self, start: int | None, end: int | None) -> ResearchSeries:
        """The bars that close from ``start`` to ``end`` (milliseconds, both included; None: unbounded), of every timeframe."""
        low, high = -(2**62) if start is None else start, 2**62 if end is None else end
        kept = {
            timeframe: records[(records["ts_close"] >= low) & (records["ts_close"] <= high)]
            for timeframe, records in self.bars.items()
        }
        return replace(self, bars=kept)

    def sessions_between(self, first: int, last: int) -> ResearchSeries:
        """The bars of the sessions from ``first`` to ``last`` (yyyymmdd, both included), of every timeframe."""
        kept = {
            timeframe: records[(records["session"] >= first) & (records["session"] <= last)]
            for timeframe, records in self.bars.items()
        }
        return replace(self, bars=kept)

    def until(self, place: int) -> ResearchSeries:
        """What was known when bar ``place`` closed: it, and every bar of any timeframe that had closed by then."""
        return self.between(None, int(self.raw["ts_close"][place]))


def data_hash(series: Mapping[str, ResearchSeries] | tuple[ResearchSeries, ...]) -> str:
    """One hash of several series, in any order."""
    each = series.values() if isinstance(series, Mapping) else series
    return hashlib.sha256("".join(sorted(one.content_hash for one in each)).encode()).hexdigest()
