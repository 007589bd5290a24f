"""Choppiness index (Dreiss): how much longer the way of the price was than its range, 0 (straight) to 100.

choppiness = 100 x log(sum of the true ranges of the last N bars / (highest high - lowest low of the last N bars)) / log(N). NaN
where that range is at most 1e-9 of the highest high. A gap before the first of these bars counts in the sum alone: then it may
exceed 100. Warm-up: from n = N. Parameter: N, at least 2 bars.
"""

from __future__ import annotations

from math import log
from typing import Final

from services.analysis.kernels.indicators.atr import true_range
from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step


@step
def choppiness(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N, 100 / log(N))."""
    length = int(p[0])
    if n < length:
        return s, (NAN,)
    way, high, low = 0.0, bars.high[t], bars.low[t]
    for i in range(t - length + 1, t + 1):
        way, high, low = way + true_range(bars, i), max(high, bars.high[i]), min(low, bars.low[i])
    return s, (log(way / (high - low)) * p[1] if high - low > SAME * abs(high) else NAN,)


KIND: Final = Kind(
    name="choppiness",
    step=choppiness,
    state=0,
    parameters=("period",),
    columns=("choppiness_{period}",),
    warm_up=lambda n: (n,),
    lookback=lambda n: n,
    examples=((14.0,), (2.0,), (50.0,)),
    prepare=lambda n: (period(n, least=2), 100.0 / log(n)),
)
