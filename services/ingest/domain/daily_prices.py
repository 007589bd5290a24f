"""Opens and closes of a daily chart as arrays, and the usual move from one day to the next."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.ingest.domain.chart_dates import row_dates
from services.ingest.domain.yahoo_chart import Chart

AROUND: Final = 60
"""Days before and after a day over which its usual move is measured."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DailyPrices:
    """Rows with a close above 0, oldest first; arrays of shape (days,)."""

    at: tuple[int, ...]
    """Index of each day in ``Chart.rows``."""
    dates: tuple[int, ...]
    """Session dates, ascending."""
    opens: Floats
    """The close if there is no open above 0."""
    closes: Floats

    def first_on(self, date: int) -> int:
        """Index of the first day on or after a date; the number of days if there is none."""
        return bisect_left(self.dates, date)

    def usual_move(self, at: int) -> float:
        """Median absolute move between adjacent closes around index ``at``, in logarithms; 0 with fewer than two closes."""
        near = np.log(self.closes[max(0, at - AROUND) : at + AROUND])
        return float(np.median(np.abs(np.diff(near)))) if len(near) > 1 else 0.0

    def moves(self, at: int) -> tuple[float, float]:
        """Moves from the previous close to the open and to the close of day ``at``, in logarithms."""
        before = self.closes[at - 1]
        return math.log(self.opens[at] / before), math.log(self.closes[at] / before)


def daily_prices(chart: Chart, zone: dt.tzinfo) -> DailyPrices:
    """The days of a chart; of two rows with one date the first is used."""
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
    return DailyPrices(
        tuple(found[date] for date in dates), tuple(dates), np.array(opens, np.float64), np.array(closes, np.float64)
    )
