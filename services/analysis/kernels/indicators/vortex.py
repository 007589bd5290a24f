"""Vortex (Botes and Siepman, Stocks & Commodities, January 2010): moves from low to high and from high to low, by the true range.

vortex_plus = sum of abs(high - low') / sum of true ranges over the last N bars, vortex_minus = sum of abs(low - high') / the
same. NaN where the true ranges sum to at most 1e-9 of the close. Warm-up: from n = N. Parameter: N, bars.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.atr import true_range
from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step


@step
def vortex(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N,)."""
    length = int(p[0])
    if n < length:
        return s, (NAN, NAN)
    plus = minus = wide = 0.0
    for i in range(t - length + 1, t + 1):
        plus, minus = plus + abs(bars.high[i] - bars.low[i - 1]), minus + abs(bars.low[i] - bars.high[i - 1])
        wide += true_range(bars, i)
    known = wide > SAME * abs(bars.close[t])
    return s, (plus / wide if known else NAN, minus / wide if known else NAN)


KIND: Final = Kind(
    name="vortex",
    step=vortex,
    state=0,
    parameters=("period",),
    columns=("vortex_plus_{period}", "vortex_minus_{period}"),
    warm_up=lambda n: (n, n),
    lookback=lambda n: n,
    examples=((14.0,), (1.0,), (50.0,)),
    prepare=lambda n: (period(n),),
)
