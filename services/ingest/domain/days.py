"""The days of a chart as arrays, and how far prices usually move from one to the next."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.ingest.domain.dates import row_dates
from services.ingest.domain.yahoo_chart import Chart

AROUND: Final = 60
"""Days on either side whose moves say what is usual."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Days:
    """Rows with a close above 0, oldest first; arrays of shape (days,)."""

    at: tuple[int, ...]
    """Place of each in ``Chart.rows``."""
    dates: tuple[int, ...]
    """Session dates, ascending."""
    opens: Floats
    """The close where there is no open above 0."""
    closes: Floats

    def first_on(self, date: int) -> int:
        """Place of the first day on or after a date; the number of days where there is none."""
        return bisect_left(self.dates, date)

    def usual(self, at: int) -> float:
        """The median move between neighbouring closes around a place, in logarithms; 0 where there are fewer than two."""
        near = np.log(self.closes[max(0, at - AROUND) : at + AROUND])
        return float(np.median(np.abs(np.diff(near)))) if len(near) > 1 else 0.0

    def moved(self, at: int) -> tuple[float, float]:
        """From the close before a day to its open, and to its close, in logarithms."""
        before = self.closes[at - 1]
        return math.log(self.opens[at] / before), math.log(self.closes[at] / before)


def days_of(chart: Chart, zone: dt.tzinfo) -> Days:
    """The days of a chart; of two rows of one date the first counts."""
    found: dict[int, int] = {}
    for place, (row, date) in enumerate(zip(chart.rows, row_dates(chart, zone), strict=True)):
        if date and row.close is not None and 0 < row.close < math.inf:
            found.setdefault(date, place)
    dates = sorted(found)
    rows = [chart.rows[found[date]] for date in dates]
    closes = [row.close or 0.0 for row in rows]
    opens = [
        row.open if row.open is not None and 0 < row.open < math.inf else close for row, close in zip(rows, closes, strict=True)
    ]
    return Days(tuple(found[date] for date in dates), tuple(dates), np.array(opens, np.float64), np.array(closes, np.float64))
