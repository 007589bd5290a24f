"""Historical volatility: the standard deviation (divided by N - 1) of the last N log returns, by the year, as a fraction.

Times the square root of the bars a year: 252 for daily bars of shares, 365 where trading never stops. NaN where one of the closes
is not above 0. Warm-up: from n = N.
"""

from __future__ import annotations

from math import log, sqrt
from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def volatility(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N, 1 / N, bars a year / (N - 1)). The mean return is known from the first and last close alone."""
    length = int(p[0])
    if n < length or not bars.close[t - length] > 0.0:
        return s, (NAN,)
    for i in range(t - length + 1, t + 1):
        if not bars.close[i] > 0.0:
            return s, (NAN,)
    mean = log(bars.close[t] / bars.close[t - length]) * p[1]
    squares = 0.0
    for i in range(t - length + 1, t + 1):
        distance = log(bars.close[i] / bars.close[i - 1]) - mean
        squares += distance * distance
    return s, (sqrt(squares * p[2]),)


def prepare(length: float, per_year: float) -> Parameters:
    """(N, 1 / N, bars a year / (N - 1))."""
    if length < 2:
        raise ValueError(f"a deviation needs at least two returns, not {length:g}")
    if not 1.0 <= per_year <= 1e6:
        raise ValueError(f"the bars a year must be a number from 1 to 1e6, not {per_year!r}")
    return period(length), 1.0 / length, per_year / (length - 1.0)


KIND: Final = Kind(
    name="volatility",
    step=volatility,
    state=0,
    parameters=("period", "per_year"),
    columns=("volatility_{period}_{per_year}",),
    warm_up=lambda n, _: (n,),
    lookback=lambda n, _: n,
    examples=((20.0, 252.0), (2.0, 365.0)),
    prepare=prepare,
)
