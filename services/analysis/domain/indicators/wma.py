"""Weighted moving average: the mean of the last N closes, the newest weighing N, the one before N - 1, the oldest 1.

wma = (N x close + (N - 1) x close' + ... + 1 x the oldest) / (N (N + 1) / 2), in the price's own currency. Warm-up: from n = N
- 1. Parameter: N, 1 to 255 bars. Equals TA-Lib's WMA. Both sums run on and are compensated, so they do not drift.
"""

from __future__ import annotations

from typing import Final

from services.analysis.domain.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.domain.indicators.summing import added, halves


@step
def wma(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (weighted sum, its rounding error; sum of the last N closes, its rounding error). p: (N, 2 / (N (N + 1)))."""
    weighted, rest, total, error = s
    length = int(p[0])
    x = bars.close[t]
    head, tail = halves(x)
    if n < length:
        weight = n + 1.0
        total, error = added(total, error, x)
    else:  # each close of the last N weighs one less than before, and the oldest nothing
        weight = p[0]
        weighted, rest = added(weighted, rest - error, -total)
        total, error = added(total, error, x)
        total, error = added(total, error, -bars.close[t - length])
    weighted, rest = added(weighted, rest + weight * tail, weight * head)
    return (weighted, rest, total, error), ((weighted + rest) * p[1] if n >= length - 1 else NAN,)


KIND: Final = Kind(
    name="wma",
    step=wma,
    state=4,
    parameters=("period",),
    columns=("wma_{period}",),
    warm_up=lambda n: (n - 1,),
    lookback=lambda n: n,
    examples=((20.0,), (1.0,), (200.0,)),
    prepare=lambda n: (period(n), 2.0 / (n * (n + 1.0))),
)
