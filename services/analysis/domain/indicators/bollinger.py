"""Bollinger bands (Bollinger, 1983): the mean of the last N closes +- k population standard deviations of the same, and bandwidth.

Width = (upper - lower) / middle. The squares are summed anew around the mean: a running sum of squares loses all digits when
prices are large and moves tiny. Warm-up: from n = N - 1. Equals TA-Lib's BBANDS where that one's arithmetic holds.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

from services.analysis.domain.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.domain.indicators.summing import added
from services.analysis.domain.indicators.window import squares


@step
def bollinger(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (sum of the last N closes, its rounding error). p: (N, k, 1 / N)."""
    length = int(p[0])
    total, error = added(s[0], s[1], bars.close[t])
    if n >= length:
        total, error = added(total, error, -bars.close[t - length])
    if n < length - 1:
        return (total, error), (NAN, NAN, NAN, NAN)
    mean = (total + error) * p[2]
    half = p[1] * sqrt(squares(bars.close, t, length, mean) * p[2])
    return (total, error), (mean + half, mean, mean - half, 2.0 * half / mean)


KIND: Final = Kind(
    name="bollinger",
    step=bollinger,
    state=2,
    parameters=("period", "width"),
    columns=tuple(f"bb_{name}_{{period}}_{{width}}" for name in ("upper", "middle", "lower", "width")),
    short=("bb_upper_20", "bb_middle_20", "bb_lower_20", "bb_width_20"),
    warm_up=lambda n, _: (n - 1,) * 4,
    lookback=lambda n, _: n,
    examples=((20.0, 2.0), (5.0, 1.5)),
    prepare=lambda n, width: (period(n), width, 1.0 / n),
)
