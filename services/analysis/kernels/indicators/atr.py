"""Average true range (Wilder, New Concepts in Technical Trading Systems, 1978), in the price's own currency.

True range = max(high - low, abs(high - close'), abs(low - close')); its Wilder mean, seeded with the plain mean of the first N.
Warm-up: from n = N. Equals TA-Lib's ATR.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def true_range(bars: Bars, t: int) -> float:
    """The range of bar t with the gap from the bar before."""
    high, low, before = bars.high[t], bars.low[t], bars.close[t - 1]
    return float(max(high - low, abs(high - before), abs(low - before)))


@step
def atr(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (sum of true ranges until the seed, then their mean). p: (N, 1 / N, 1 - 1 / N)."""
    length = int(p[0])
    if n == 0:
        return (0.0,), (NAN,)
    wide = true_range(bars, t)
    if n > length:
        mean = s[0] * p[2] + wide * p[1]
    elif n == length:
        mean = (s[0] + wide) / p[0]
    else:
        return (s[0] + wide,), (NAN,)
    return (mean,), (mean,)


KIND: Final = Kind(
    name="atr",
    step=atr,
    state=1,
    parameters=("period",),
    columns=("atr_{period}",),
    warm_up=lambda n: (n,),
    lookback=lambda _: 1,
    examples=((14.0,), (5.0,)),
    prepare=lambda n: (period(n), 1.0 / n, 1.0 - 1.0 / n),
)
