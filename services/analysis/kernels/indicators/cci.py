"""Commodity channel index (Lambert, Commodities, October 1980): how far the typical price is from its mean, in mean deviations.

Typical price = (high + low + close) / 3; cci = (typical - mean) / (0.015 x mean absolute deviation) over the last N of them, this
one included. NaN where that deviation is at most 1e-9 of the price: a price that did not move has no deviation to measure by
(TA-Lib: 0, or rounding errors divided by each other). Warm-up: from n = N - 1. Else equals TA-Lib's CCI.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step

THIRD: Final = 1.0 / 3.0


@step
def typical(bars: Bars, t: int) -> float:
    """The typical price of bar t."""
    return float((bars.high[t] + bars.low[t] + bars.close[t]) * THIRD)


@step
def cci(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N, 1 / N, 0.015 / N). The sums run on distances from this bar's price, which are small."""
    length = int(p[0])
    if n < length - 1:
        return s, (NAN,)
    now = typical(bars, t)
    mean = distances(bars, t, length, now) * p[1]
    deviation = deviations(bars, t, length, now + mean)
    return s, (-mean / (deviation * p[2]) if deviation > SAME * p[0] * abs(now) else NAN,)


@step
def distances(bars: Bars, t: int, n: int, point: float) -> float:
    """Sum of the distances of the last n typical prices from a point; four chains, since one alone waits for itself."""
    high, low, close = bars.high[t - n + 1 : t + 1], bars.low[t - n + 1 : t + 1], bars.close[t - n + 1 : t + 1]
    a = b = c = d = 0.0
    for i in range(n >> 2):
        j = 4 * i
        a += (high[j] + low[j] + close[j]) * THIRD - point
        b += (high[j + 1] + low[j + 1] + close[j + 1]) * THIRD - point
        c += (high[j + 2] + low[j + 2] + close[j + 2]) * THIRD - point
        d += (high[j + 3] + low[j + 3] + close[j + 3]) * THIRD - point
    for i in range(n & ~3, n):
        a += (high[i] + low[i] + close[i]) * THIRD - point
    return (a + b) + (c + d)


@step
def deviations(bars: Bars, t: int, n: int, point: float) -> float:
    """Sum of the absolute distances, likewise."""
    high, low, close = bars.high[t - n + 1 : t + 1], bars.low[t - n + 1 : t + 1], bars.close[t - n + 1 : t + 1]
    a = b = c = d = 0.0
    for i in range(n >> 2):
        j = 4 * i
        a += abs((high[j] + low[j] + close[j]) * THIRD - point)
        b += abs((high[j + 1] + low[j + 1] + close[j + 1]) * THIRD - point)
        c += abs((high[j + 2] + low[j + 2] + close[j + 2]) * THIRD - point)
        d += abs((high[j + 3] + low[j + 3] + close[j + 3]) * THIRD - point)
    for i in range(n & ~3, n):
        a += abs((high[i] + low[i] + close[i]) * THIRD - point)
    return (a + b) + (c + d)


KIND: Final = Kind(
    name="cci",
    step=cci,
    state=0,
    parameters=("period",),
    columns=("cci_{period}",),
    warm_up=lambda n: (n - 1,),
    lookback=lambda n: n - 1,
    examples=((20.0,), (5.0,)),
    prepare=lambda n: (period(n), 1.0 / n, 0.015 / n),
)
