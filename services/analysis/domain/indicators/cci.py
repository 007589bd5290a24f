"""Commodity channel index (Lambert, Commodities, October 1980): how far the typical price is from its mean, in mean deviations.

Typical price = (high + low + close) / 3; cci = (typical - mean) / (0.015 x mean absolute deviation) over the last N of them, this
one included, 0 where that deviation is at most 1e-9 of the price. Warm-up: from n = N - 1. Equals TA-Lib's CCI.
"""

from __future__ import annotations

from typing import Final

from services.analysis.domain.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step

SAME: Final = 1e-9
"""Share of the price below which a deviation is rounding: the sums of the same three prices in another order differ."""


@step
def typical(bars: Bars, t: int) -> float:
    """The typical price of bar t."""
    return float((bars.high[t] + bars.low[t] + bars.close[t]) / 3.0)


@step
def cci(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N, 1 / N, 0.015 / N). The sums run on distances from this bar's price, which are small."""
    length = int(p[0])
    if n < length - 1:
        return s, (NAN,)
    now = typical(bars, t)
    total = 0.0
    for i in range(t - length + 1, t):
        total += typical(bars, i) - now
    mean = total * p[1]
    deviation = abs(mean)
    for i in range(t - length + 1, t):
        deviation += abs(typical(bars, i) - now - mean)
    return s, (-mean / (deviation * p[2]) if deviation > SAME * p[0] * now else 0.0,)


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
