"""Means of typical prices that weigh volume, from an anchor on, with their deviation, and the dates of anchors.

>>> day_number(19700101), day_number(20240229), week_number(20240101) - week_number(20231231)
(0, 19782, 1)
"""

from __future__ import annotations

from math import sqrt
from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Values, step

THIRD: Final = 1.0 / 3.0
MONDAY: Final = 3
"""1970-01-01 was a Thursday: the third day after a Monday."""


@step
def weighed(traded: float, mean: float, squares: float, bars: Bars, t: int) -> tuple[float, float, float]:
    """Volume, mean and weighed squared distances from it with bar t's too (West, Communications of the ACM, September 1979)."""
    volume = bars.volume[t]
    if not volume > 0:
        return traded, mean, squares
    distance = (bars.high[t] + bars.low[t] + bars.close[t]) * THIRD - mean
    traded += volume
    change = distance * (volume / traded)
    return traded, mean + change, squares + volume * distance * (distance - change)


@step
def bands(traded: float, mean: float, squares: float, width: float) -> Values:
    """The mean, and the bands ``width`` deviations above and below it; NaN without volume."""
    if not traded > 0:
        return NAN, NAN, NAN
    half = width * sqrt(max(squares, 0.0) / traded)
    return mean, mean + half, mean - half


@step
def day_number(session: int) -> int:
    """Days from 1970-01-01 to a session date (yyyymmdd), in the Gregorian calendar."""
    months = (session // 10_000) * 12 + session // 100 % 100 - 3  # of years that begin in March
    year, month = months // 12, months % 12
    return year * 365 + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + session % 100 - 1 - 719_468


@step
def week_number(session: int) -> int:
    """Weeks from Monday to Sunday, as those of ISO 8601, counted from that of 1970-01-01."""
    return (day_number(session) + MONDAY) // 7
