"""Simple moving average: the mean of the last N closes.

Warm-up: from n = N - 1. Equals TA-Lib's SMA. The sum is compensated, so it does not drift.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.summing import added, replaced


@step
def sma(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (sum of the last N closes, its rounding error). p: (N, 1 / N)."""
    if n >= int(p[0]):
        total, error = replaced(s[0], s[1], bars.close[t], bars.close[t - int(p[0])])
        return (total, error), ((total + error) * p[1],)
    total, error = added(s[0], s[1], bars.close[t])
    return (total, error), ((total + error) * p[1] if n == int(p[0]) - 1 else NAN,)


KIND: Final = Kind(
    name="sma",
    step=sma,
    state=2,
    parameters=("period",),
    columns=("sma_{period}",),
    warm_up=lambda n: (n - 1,),
    lookback=lambda n: n,
    examples=((20.0,), (50.0,), (200.0,), (1.0,)),
    prepare=lambda n: (period(n), 1.0 / n),
)
