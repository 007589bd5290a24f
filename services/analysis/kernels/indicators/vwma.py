"""Volume-weighted moving average: the mean of the last N closes, each weighing its bar's volume.

vwma = sum of close x volume / sum of volume over the last N bars, this one included, in the price's own currency. NaN where none
of these bars has volume. Warm-up: from n = N - 1. Parameter: N, bars. Source: the volume-adjusted moving average of Arms (Volume
Cycles in the Stock Market, 1983) over a fixed number of bars.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def vwma(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N,)."""
    length = int(p[0])
    if n < length - 1:
        return s, (NAN,)
    paid = traded = 0.0
    for i in range(t - length + 1, t + 1):
        paid, traded = paid + bars.close[i] * bars.volume[i], traded + bars.volume[i]
    return s, (paid / traded if traded > 0 else NAN,)


KIND: Final = Kind(
    name="vwma",
    step=vwma,
    state=0,
    parameters=("period",),
    columns=("vwma_{period}",),
    warm_up=lambda n: (n - 1,),
    lookback=lambda n: n - 1,
    examples=((20.0,), (1.0,), (100.0,)),
    prepare=lambda n: (period(n),),
)
