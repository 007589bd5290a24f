"""Exponential moving average: ema = ema' + 2 / (N + 1) x (close - ema'), seeded with the mean of the first N closes.

Warm-up: from n = N - 1. Equals TA-Lib's EMA.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def ema(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (the sum of the closes until the seed, then the average). p: (N, a, 1 - a) with a = 2 / (N + 1)."""
    length = int(p[0])
    x = bars.close[t]
    if n >= length:
        y = s[0] * p[2] + x * p[1]
        return (y,), (y,)
    total = s[0] + x
    if n == length - 1:
        y = total / p[0]
        return (y,), (y,)
    return (total,), (NAN,)


KIND: Final = Kind(
    name="ema",
    step=ema,
    state=1,
    parameters=("period",),
    columns=("ema_{period}",),
    warm_up=lambda n: (n - 1,),
    lookback=lambda _: 0,
    examples=((12.0,), (26.0,), (2.0,)),
    prepare=lambda n: (period(n), 2.0 / (n + 1.0), (n - 1.0) / (n + 1.0)),
)
