"""Chaikin money flow: the share of volume that closed high in its bar less the share that closed low, -1 to 1.

cmf = sum of ((close - low) - (high - close)) / (high - low) x volume / sum of volume over the last N bars, this one included. A
bar without a range adds nothing to the first sum. NaN where none of these bars has both volume and a range. Warm-up: from n = N -
1. Parameter: N, bars. Source: Chaikin, as in Achelis, Technical Analysis from A to Z, 1995.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.accumulation import accumulated, weighed
from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def cmf(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N,)."""
    length = int(p[0])
    if n < length - 1:
        return s, (NAN,)
    flow = volume = known = 0.0
    for i in range(t - length + 1, t + 1):
        flow, volume = flow + accumulated(bars, i), volume + bars.volume[i]
        known = max(known, weighed(bars, i))
    return s, (flow / volume if known > 0 else NAN,)


KIND: Final = Kind(
    name="cmf",
    step=cmf,
    state=0,
    parameters=("period",),
    columns=("cmf_{period}",),
    warm_up=lambda n: (n - 1,),
    lookback=lambda n: n - 1,
    examples=((20.0,), (1.0,), (100.0,)),
    prepare=lambda n: (period(n),),
)
