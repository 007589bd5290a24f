"""Reads bars of the bundled tapes; docs/tapes.md describes the format."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from services.analysis.kernels.extremes_52w import context
from services.analysis.kernels.indicators.kind import Bars, Int64s

TAPES: Final = Path(__file__).parents[2] / "ingest" / "tapes"
MINUTE: Final = 60_000


@dataclass(frozen=True)
class RecordedSeries:
    """A stretch of real bars."""

    symbol: str
    timeframe: str
    tape: str
    start: Int64s
    """When each bar began, ms since 1970, UTC; shape (bars,)."""
    bars: Bars

    def between(self, first: int, last: int) -> RecordedSeries:
        """The bars of these places, the last one not included."""
        here, b = slice(first, last), self.bars
        bars = Bars(**{name: values[here] for name, values in b._asdict().items()})
        return RecordedSeries(self.symbol, self.timeframe, self.tape, self.start[here], bars)

    def last(self, n: int) -> RecordedSeries:
        """The newest n bars."""
        return self.between(max(0, len(self.start) - n), len(self.start))

    @property
    def caption(self) -> str:
        """A caption for pictures."""
        first, last = (dt.datetime.fromtimestamp(ms / 1000, dt.UTC).date() for ms in (self.start[0], self.start[-1]))
        return f"{self.symbol}, {self.timeframe} bars, {first} to {last}, from the tape `{self.tape}`"


@cache
def daily(symbol: str, until: dt.date) -> RecordedSeries:
    """Daily bars of a symbol from the tape's first one up to a day."""
    found = _read("daily", symbol, "1d")
    end = dt.datetime.combine(until, dt.time(), dt.UTC).timestamp() * 1000
    return found.between(0, int(np.searchsorted(found.start, end)))


def every(tape: str, resolution: str) -> list[RecordedSeries]:
    """All that a tape plays in bars of a resolution, whole."""
    series = json.loads((TAPES / f"{tape}.json").read_text("utf-8"))["series"]
    symbols = [each["symbol"] for each in series if (each["use"], each["resolution"]) == ("ticks", resolution)]
    return [_read(tape, symbol, resolution) for symbol in sorted(symbols)]


@cache
def five_minutes(symbol: str) -> RecordedSeries:
    """5m bars of the days that the tape ``demo`` has minutes of."""
    found = _read("demo", symbol, "1m")
    group = found.start // (5 * MINUTE)
    first = np.flatnonzero(np.diff(group, prepend=-1))
    last = np.append(first[1:], len(group)) - 1
    o, h, l, c, v, d, *year = found.bars  # noqa: E741
    high, low, volume = np.maximum.reduceat(h, first), np.minimum.reduceat(l, first), np.add.reduceat(v, first)
    bars = Bars(o[first], high, low, c[last], volume, d[last], *(values[last] for values in year))
    return RecordedSeries(symbol, "5m", "demo", found.start[first], bars)


def _read(tape: str, symbol: str, resolution: str) -> RecordedSeries:
    series = json.loads((TAPES / f"{tape}.json").read_text("utf-8"))["series"]
    wanted = ("ticks", symbol, resolution)
    place = next(i for i, each in enumerate(series) if (each["use"], each["symbol"], each["resolution"]) == wanted)
    with np.load(TAPES / f"{tape}.npz", allow_pickle=False) as arrays:
        start = arrays[f"{place}/start"]
        o, h, l, c, v = (arrays[f"{place}/{name}"] for name in ("open", "high", "low", "close", "volume"))  # noqa: E741
    days = start // (24 * 60 * MINUTE)
    dates = np.array([int(f"{dt.date.fromordinal(719_163 + int(day)):%Y%m%d}") for day in days], np.int64)
    year = context(dates, dates, h, l) if resolution == "1d" else (np.full(len(c), np.nan), np.full(len(c), np.nan))
    return RecordedSeries(symbol, resolution, tape, start, Bars(o, h, l, c, v, dates, *year))
