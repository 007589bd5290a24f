"""The anchored walk-forward: at the start of each year the past decides whether the signals of that year are followed.

A decision reads only windows that had closed before its year began (an embargo of the horizon), so that no bar is on both sides of
it. What a decision lets in is out of sample for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from services.analysis.research.quality.cells import Axis, Cells
from services.analysis.research.quality.machine_code import Bools, Floats

WARM_UP_DAYS: Final = 700
"""Days of data before the first decision: two years, less the days by which a history may begin late."""
LEAST_PAST: Final = 10
"""Signals before a decision from which on it can be positive."""


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
        closed = member.by_last_year
        member.kernels.add_past(closed.signals, closed.gain, closed.cells, closed.all_gain, count, gain, base)
    followed = (count >= LEAST_PAST) & (gain > base)
    followed[:, :first] = False
    return followed


def mean(total: Floats, count: Floats) -> Floats:
    """A mean; 0 where there is nothing."""
    return np.divide(total, count, out=np.zeros_like(total), where=count > 0)


def new_year(on: Axis, place: int) -> int:
    """The first of January of a year, in days since 1970."""
    return int(np.datetime64(f"{on.first_year + place:04d}-01-01", "D").astype(np.int64))
