"""McGinley dynamic (McGinley, 1990): an average that follows falls faster than rises.

md = md' + (close - md') x min(1, 1 / (N x (close / md')^4)), seeded with the mean of the first N closes, in the price's own
currency. The published formula has no limit of 1: with it a close far below the average would throw the average below the close,
and further with each bar. NaN where the close is not above 0; the average goes on from its last value, and starts again at the
close if it was not above 0 itself. Warm-up: from n = N - 1. Parameter: N, bars.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def mcginley(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (the sum of the closes until the seed, then the average). p: (N,)."""
    average, x, length = s[0], bars.close[t], int(p[0])
    if n < length - 1:
        return (average + x,), (NAN,)
    if n == length - 1:
        average = (average + x) / p[0]
    elif x > 0.0:
        ratio = x / average if average > 0.0 else 0.0
        weight = p[0] * ratio * ratio * ratio * ratio
        average += (x - average) / max(weight, 1.0)
    return (average,), (average if (x > 0.0) & (average > 0.0) else NAN,)


KIND: Final = Kind(
    name="mcginley",
    step=mcginley,
    state=1,
    parameters=("period",),
    columns=("mcginley_{period}",),
    warm_up=lambda n: (n - 1,),
    lookback=lambda _: 0,
    examples=((14.0,), (1.0,), (40.0,)),
    prepare=lambda n: (period(n),),
)
