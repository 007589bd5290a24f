"""Weighted moving average: the mean of the last N closes, the newest weighing N, the one before N - 1, the oldest 1.

wma = (N x close + (N - 1) x close' + ... + 1 x the oldest) / (N (N + 1) / 2), in the price's own currency. Warm-up: from n = N -
1. Parameter: N, 1 to 500 bars. Equals TA-Lib's WMA. The running sums are recomputed periodically, so they do not drift.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Floats, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.summing import RENEWED, WORN


@step
def wma(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (weighted sum and sum of the last N closes; the largest of the latter since they were recomputed).

    p: (N, 2 / (N (N + 1))).
    """
    weighted, total, largest = s
    length = int(p[0])
    x = bars.close[t]
    if n < length:
        weighted, total = weighted + (n + 1.0) * x, total + x
        return (weighted, total, max(largest, total)), (weighted * p[1] if n == length - 1 else NAN,)
    weighted, total = weighted + (p[0] * x - total), total + (x - bars.close[t - length])
    if (n % RENEWED == 0) | (total < WORN * largest):
        weighted, total = sums(bars.close, t, length)
        largest = total
    return (weighted, total, max(largest, total)), (weighted * p[1],)


@step
def sums(values: Floats, t: int, n: int) -> tuple[float, float]:
    """Of ``values[t - n + 1 .. t]``: the sum of 1 x the oldest to n x the newest, and the sum."""
    weighted = total = 0.0
    for i in range(n):
        x = values[t - n + 1 + i]
        weighted, total = weighted + (i + 1.0) * x, total + x
    return weighted, total


KIND: Final = Kind(
    name="wma",
    step=wma,
    state=3,
    parameters=("period",),
    columns=("wma_{period}",),
    warm_up=lambda n: (n - 1,),
    lookback=lambda n: n,
    examples=((20.0,), (1.0,), (200.0,)),
    prepare=lambda n: (period(n), 2.0 / (n * (n + 1.0))),
)
