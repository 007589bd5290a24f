"""Bollinger bands (Bollinger, 1983): the mean of the last N closes +- k population standard deviations of the same, and bandwidth.

Width = (upper - lower) / middle; NaN where the deviation is at most 1e-9 of the mean: a constant price has no bands.
The running sums are relative to a mean of the recent past, since sums around zero lose all digits when prices are large and moves
tiny; they are recomputed every N bars and whenever they have become small. Warm-up: from n = N - 1. Equals TA-Lib's BBANDS where
TA-Lib's arithmetic is exact enough.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, amount, period, step
from services.analysis.kernels.indicators.window import spread

WORN: Final = 1e-5
"""Share of the largest sum of squares since the last renewal below which the variance would be made of its rounding errors."""


@step
def bollinger(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (a mean; sums of the distances of the last N closes from it and of their squares; the largest of these; its age)."""
    length = int(p[0])
    if n < length - 1:
        return s, (NAN, NAN, NAN, NAN)
    around, distances, squares, largest, age = s
    now, gone = bars.close[t] - around, (bars.close[t - length] if n >= length else 0.0) - around
    distances, squares = distances + (now - gone), squares + (now - gone) * (now + gone)
    largest, age = max(largest, squares), age + 1.0
    variance = (squares - distances * distances * p[2]) * p[2]
    if (n < length) | (age >= p[0]) | (variance * p[0] < WORN * largest):
        around, distances, squares = spread(bars.close, t, length)
        largest, age = squares, 0.0
        variance = (squares - distances * distances * p[2]) * p[2]
    mean, deviation = around + distances * p[2], sqrt(max(variance, 0.0))
    half = p[1] * deviation
    width = 2.0 * half / mean if (mean > 0.0) & (deviation > SAME * mean) else NAN
    return (around, distances, squares, largest, age), (mean + half, mean, mean - half, width)


KIND: Final = Kind(
    name="bollinger",
    step=bollinger,
    state=5,
    parameters=("period", "width"),
    columns=tuple(f"bb_{name}_{{period}}_{{width}}" for name in ("upper", "middle", "lower", "width")),
    short=("bb_upper_20", "bb_middle_20", "bb_lower_20", "bb_width_20"),
    warm_up=lambda n, _: (n - 1,) * 4,
    lookback=lambda n, _: n,
    examples=((20.0, 2.0), (5.0, 1.5)),
    prepare=lambda n, width: (period(n), amount(width, "width"), 1.0 / n),
)
