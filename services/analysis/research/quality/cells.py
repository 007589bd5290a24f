"""The signals and windows of one instrument in one direction and horizon, laid on the dates of all instruments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.analysis.research.quality.machine_code import Floats, Int64s, QualityKernels
from services.analysis.research.quality.windows import COST, Prices, windows
from services.analysis.research.quality.year_sums import YearSums, year_sums

Int8s = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Instrument:
    """An instrument, its bars, and what fired on them."""

    symbol: str
    industries: tuple[str, ...]
    prices: Prices
    fired: Int8s
    """(rules, bars): +1 up, -1 down, 0 nothing."""


class Fired(NamedTuple):
    """The signals of an instrument in one direction."""

    direction: int
    keys: int
    key: Int64s
    """(signals,): place in the rules, ascending."""
    bar: Int64s
    """(signals,): ascending within a key."""


@dataclass(frozen=True)
class Cells:
    """Bars with a closed window, and the signals on them."""

    kernels: QualityKernels
    keys: int
    years: int
    """Years of all instruments."""
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

    @cached_property
    def by_year(self) -> YearSums:
        """Sums by the year of the signal."""
        return year_sums(self.kernels, self.key, self.cell, self.gain, self.year, self.keys, self.years)

    @cached_property
    def by_last_year(self) -> YearSums:
        """Sums by the year in which the window closed."""
        return year_sums(self.kernels, self.key, self.cell, self.gain, self.last_year, self.keys, self.years)


@dataclass(frozen=True)
class Axis:
    """The session dates on which any instrument has a bar."""

    day: Int64s
    """(dates,), days since 1970, ascending."""
    year: Int64s
    """(dates,): place of the year of each."""
    first_year: int
    years: int

    def of(self, days: Int64s) -> Int64s:
        """The places of some dates."""
        return np.searchsorted(self.day, days)


def axis(instruments: Sequence[Instrument]) -> Axis:
    """The dates of some instruments."""
    day = np.unique(np.concatenate([np.zeros(0, np.int64), *(each.prices.day for each in instruments)]))
    if not len(day):
        return Axis(day, day, 1970, 0)
    year = years(day)
    first, last = int(year[0]), int(year[-1])
    return Axis(day, year - first, first, last - first + 1)


def years(days: Int64s) -> Int64s:
    """The calendar years of days since 1970."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def fired(instrument: Instrument, rules: Sequence[int], direction: int) -> Fired:
    """The signals of some rules (places in ``Instrument.fired``): the same for all horizons."""
    return Fired(direction, len(rules), *np.nonzero(instrument.fired[np.asarray(rules, np.intp)] == direction))


def cells(kernels: QualityKernels, prices: Prices, of: Fired, horizon: int, on: Axis, cost: float = COST) -> Cells:
    """The cells of an instrument."""
    made = windows(kernels, prices, of.direction, horizon, cost)
    closed = np.flatnonzero(~np.isnan(made.gain))
    of_bar = on.of(prices.day)
    date, last_date = of_bar[closed], of_bar[closed + horizon]
    spans = last_date - date
    place = np.full(len(made.gain), -1)
    place[closed] = np.arange(len(closed))
    cell = place[of.bar]
    known = cell >= 0
    return Cells(
        kernels,
        of.keys,
        on.years,
        of.key[known],
        cell[known],
        made.gain[closed],
        made.adverse[closed],
        date,
        on.year[date],
        on.year[last_date],
        _span(spans),
    )


def _span(spans: Int64s) -> int:
    """Dates that 95 % of the windows cover at most, at least 1."""
    if not len(spans):
        return 1
    most = int(spans.max())
    return max(1, most if spans.min() == most else int(np.quantile(spans, 0.95)))
