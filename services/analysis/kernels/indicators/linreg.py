"""Linear regression of the last N closes on their places, by least squares: its value now, slope, start and fit.

With i = 0 for the oldest of the last N closes and N - 1 for this one: line(i) = intercept + slope x i. linreg = line(N - 1),
slope in price a bar, intercept = line(0), all in the price's own currency; linreg_r_squared = the share of the variance of the
closes that the line explains, 0 to 1. It is NaN where the standard deviation of the closes is at most 1e-9 of their mean.
Warm-up: from n = N - 1. Parameter: N, at least 2 bars. Source: Gauss, 1809; equal TA-Lib's LINEARREG, LINEARREG_SLOPE,
LINEARREG_INTERCEPT and the square of its CORREL.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Floats, Kind, Parameters, State, Values, period, step


@step
def fitted(values: Floats, t: int, n: int) -> tuple[float, float, float, float]:
    """Of ``values[t - n + 1 .. t]``: the mean, the slope, the sum of squared distances from the mean, and that from the line."""
    last, around = values[t - n + 1 : t + 1], values[t]
    total = 0.0
    for i in range(n):
        total += last[i] - around
    mean, middle = total / n, 0.5 * (n - 1.0)
    squares = products = 0.0
    for i in range(n):
        distance = (last[i] - around) - mean
        squares, products = squares + distance * distance, products + (i - middle) * distance
    slope = products * 12.0 / (n * (n * n - 1.0))
    rest = 0.0
    for i in range(n):
        far = (last[i] - around) - mean - slope * (i - middle)
        rest += far * far
    return around + mean, slope, squares, rest


@step
def linreg(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N,)."""
    length = int(p[0])
    if n < length - 1:
        return s, (NAN, NAN, NAN, NAN)
    mean, slope, squares, rest = fitted(bars.close, t, length)
    half, least = 0.5 * (length - 1.0) * slope, SAME * abs(mean)
    fit = 1.0 - rest / squares if squares > least * least * length else NAN
    return s, (mean + half, slope, mean - half, fit)


COLUMNS: Final = ("linreg", "linreg_slope", "linreg_intercept", "linreg_r_squared")

KIND: Final = Kind(
    name="linreg",
    step=linreg,
    state=0,
    parameters=("period",),
    columns=tuple(f"{name}_{{period}}" for name in COLUMNS),
    warm_up=lambda n: (n - 1,) * 4,
    lookback=lambda n: n - 1,
    examples=((14.0,), (2.0,), (100.0,)),
    prepare=lambda n: (period(n, least=2),),
)
