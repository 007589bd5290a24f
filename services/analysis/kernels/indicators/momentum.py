"""Momentum: the close less that of N bars before, in the price's own currency.

Warm-up: from n = N. Equals TA-Lib's MOM.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def momentum(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N,)."""
    length = int(p[0])
    return s, (bars.close[t] - bars.close[t - length] if n >= length else NAN,)


KIND: Final = Kind(
    name="momentum",
    step=momentum,
    state=0,
    parameters=("period",),
    columns=("momentum_{period}",),
    warm_up=lambda n: (n,),
    lookback=lambda n: n,
    examples=((10.0,), (1.0,)),
    prepare=lambda n: (period(n),),
)
