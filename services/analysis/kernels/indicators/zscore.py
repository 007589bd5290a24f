"""Standard deviation and z-score: how many deviations the close is from the mean of the last N closes, this one included.

stdev = population standard deviation (divided by N) of the last N closes, in the price's own currency; zscore = (close - mean) /
stdev, NaN where stdev is at most 1e-9 of the mean. Warm-up: from n = N - 1. Parameter: N, at least 2 bars. Source: Pearson, 1894.
stdev equals TA-Lib's STDDEV where TA-Lib's arithmetic is exact enough.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.window import spread


@step
def zscore(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N,). Between the two passes the rest of the mean's rounding is taken off."""
    length = int(p[0])
    if n < length - 1:
        return s, (NAN, NAN)
    mean, distances, squares = spread(bars.close, t, length)
    far = distances / length
    deviation = sqrt(max(squares / length - far * far, 0.0))
    known = deviation > SAME * abs(mean)
    return s, (deviation, ((bars.close[t] - mean) - far) / deviation if known else NAN)


KIND: Final = Kind(
    name="zscore",
    step=zscore,
    state=0,
    parameters=("period",),
    columns=("stdev_{period}", "zscore_{period}"),
    warm_up=lambda n: (n - 1, n - 1),
    lookback=lambda n: n - 1,
    examples=((20.0,), (2.0,), (200.0,)),
    prepare=lambda n: (period(n, least=2),),
)
