"""The signals and windows of one instrument in one direction and horizon, laid on the dates of all instruments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.analysis.research.quality.windows import COST, Floats, Int64s, Prices, windows

Bools = npt.NDArray[np.bool_]
Int8s = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Instrument:
    """An instrument, its bars, and what fired on them."""

    symbol: str
    industries: tuple[str, ...]
    prices: Prices
    fired: Int8s
    """(rules, bars): +1 up, -1 down, 0 nothing."""


@dataclass(frozen=True)
class Cells:
    """Bars with a closed window, and the signals on them."""

    keys: int
    key: Int64s
    """(signals,): the key of each signal, ascending."""
    cell: Int64s
    """(signals,): its cell; ascending within a key."""
    gain: Floats
    """(cells,)."""
    adverse: Floats
    """(cells,)."""
    date: Int64s
    """(cells,): place in the dates of all instruments; ascending."""
    year: Int64s
    """(cells,): place in the years of all instruments."""
    last_year: Int64s
    """(cells,): place of the year of the last bar of the window."""
    span: int
    """Dates of all instruments that most windows cover."""


@dataclass(frozen=True)
class Axis:
    """The session dates on which any instrument has a bar."""

    day: Int64s
    """(dates,), days since 1970, ascending."""
    first_year: int
    years: int

    def of(self, days: Int64s) -> Int64s:
        """The places of some dates."""
        return np.searchsorted(self.day, days)

    def year_of(self, days: Int64s) -> Int64s:
        """The places of their years."""
        return years(days) - self.first_year


def axis(instruments: Sequence[Instrument]) -> Axis:
    """The dates of some instruments."""
    day = np.unique(np.concatenate([np.zeros(0, np.int64), *(each.prices.day for each in instruments)]))
    if not len(day):
        return Axis(day, 1970, 0)
    first, last = years(day[[0, -1]]).tolist()
    return Axis(day, first, last - first + 1)


def years(days: Int64s) -> Int64s:
    """The calendar years of days since 1970."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def cells(instrument: Instrument, rules: Sequence[int], direction: int, horizon: int, on: Axis, cost: float = COST) -> Cells:
    """The cells of an instrument; the keys are ``rules`` (places in ``fired``) in ``direction``."""
    made = windows(instrument.prices, direction, horizon, cost)
    closed = np.flatnonzero(~np.isnan(made.gain))
    day, last_day = instrument.prices.day[closed], made.last_day[closed]
    date = on.of(day)
    spans = on.of(last_day) - date
    key, cell = np.nonzero(instrument.fired[np.ix_(np.asarray(rules, np.intp), closed)] == direction)
    return Cells(
        len(rules),
        key,
        cell,
        made.gain[closed],
        made.adverse[closed],
        date,
        on.year_of(day),
        on.year_of(last_day),
        max(1, int(np.quantile(spans, 0.95))) if len(spans) else 1,
    )
