"""The anchored walk-forward: at the start of each year the past decides whether the signals of that year are followed.

A decision reads only windows that had closed before its year began (an embargo of the horizon), so that no bar is on both sides of
it. What a decision lets in is out of sample for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from services.analysis.research.quality.cells import Axis, Bools, Cells
from services.analysis.research.quality.windows import Floats

WARM_UP_DAYS: Final = 700
"""Days of data before the first decision: two years, less the days by which a history may begin late."""
LEAST_PAST: Final = 10
"""Signals before a decision from which on it can be positive."""


class YearSums(NamedTuple):
    """Sums over the cells of an instrument by year; signals (keys, years), all cells (years,)."""

    signals: Floats
    gain: Floats
    wins: Floats
    cells: Floats
    all_gain: Floats


def year_sums(of: Cells, year: np.ndarray, count: int) -> YearSums:
    """The sums by the given year of each cell."""
    width = of.keys * count
    place, gain = of.key * count + year[of.cell], of.gain[of.cell]

    def by_key(weights: Floats | None) -> Floats:
        return np.bincount(place, weights, width).astype(float).reshape(-1, count)

    return YearSums(
        by_key(None),
        by_key(gain),
        by_key((gain > 0).astype(float)),
        np.bincount(year, minlength=count).astype(float),
        np.bincount(year, of.gain, count).astype(float),
    )


def first_decision(on: Axis, members: Sequence[Cells]) -> int:
    """The place of the first year that a decision can be made for; the number of years if there is none."""
    dates = [int(each.date[0]) for each in members if len(each.date)]
    if not dates:
        return on.years
    begin = int(on.day[min(dates)]) + WARM_UP_DAYS
    return next((place for place in range(on.years) if new_year(on, place) >= begin), on.years)


def decisions(members: Sequence[Cells], on: Axis, first: int) -> Bools:
    """Whether the signals of a year are followed: (keys, years). True where the edge of the past is above 0.

    Of the past count the windows that closed before the year; ``first``: the first year that a decision can be made for.
    """
    count, gain, base = (np.zeros((members[0].keys, on.years)) for _ in range(3))
    for member in members:
        closed = year_sums(member, member.last_year, on.years)
        signals = _before(closed.signals)
        count += signals
        gain += _before(closed.gain)
        base += signals * mean(_before(closed.all_gain), _before(closed.cells))
    followed = (count >= LEAST_PAST) & (gain > base)
    followed[:, :first] = False
    return followed


def mean(total: Floats, count: Floats) -> Floats:
    """A mean; 0 where there is nothing."""
    return np.divide(total, count, out=np.zeros_like(total), where=count > 0)


def _before(by_year: Floats) -> Floats:
    """The sums of all years before each year."""
    total = by_year.cumsum(axis=-1)
    return np.concatenate([np.zeros_like(total[..., :1]), total[..., :-1]], axis=-1)


def new_year(on: Axis, place: int) -> int:
    """The first of January of a year, in days since 1970."""
    return int(np.datetime64(f"{on.first_year + place:04d}-01-01", "D").astype(np.int64))
