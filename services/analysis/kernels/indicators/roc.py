"""Rate of change: how far the close is from that of N bars before, in percent.

100 x (close / close of N bars before - 1), NaN where that close is not above 0. Warm-up: from n = N. Equals TA-Lib's ROC.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def roc(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N,)."""
    length = int(p[0])
    if n < length or not bars.close[t - length] > 0.0:
        return s, (NAN,)
    return s, (100.0 * (bars.close[t] / bars.close[t - length] - 1.0),)


KIND: Final = Kind(
    name="roc",
    step=roc,
    state=0,
    parameters=("period",),
    columns=("roc_{period}",),
    warm_up=lambda n: (n,),
    lookback=lambda n: n,
    examples=((10.0,), (1.0,)),
    prepare=lambda n: (period(n),),
)
