"""T3 moving average (Tillson, Stocks & Commodities, January 1998): six EMAs in a row, combined to lag little and stay smooth.

e1 = EMA of N of the closes, e2 = EMA of e1, ... e6, each seeded with the mean of its first N inputs. With the volume factor v: t3
= -v^3 e6 + (3 v^2 + 3 v^3) e5 - (6 v^2 + 3 v + 3 v^3) e4 + (1 + 3 v + v^3 + 3 v^2) e3, in the price's own currency. Warm-up: from
n = 6 N - 6. Parameters: N, bars; v (factor), above 0, at most 1. Equals TA-Lib's T3.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, amount, period, step
from services.analysis.kernels.indicators.trix import smoothed


@step
def t3(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (e1 .. e6), each a sum until its seed. p: (N, a, 1 - a, and the weights of e3 .. e6) with a = 2 / (N + 1)."""
    e1, e2, e3, e4, e5, e6 = s
    length = int(p[0])
    last = length - 1
    e1 = smoothed(e1, bars.close[t], n, length, p)
    if n >= last:
        e2 = smoothed(e2, e1, n - last, length, p)
    if n >= 2 * last:
        e3 = smoothed(e3, e2, n - 2 * last, length, p)
    if n >= 3 * last:
        e4 = smoothed(e4, e3, n - 3 * last, length, p)
    if n >= 4 * last:
        e5 = smoothed(e5, e4, n - 4 * last, length, p)
    if n >= 5 * last:
        e6 = smoothed(e6, e5, n - 5 * last, length, p)
    value = p[3] * e3 + p[4] * e4 + p[5] * e5 + p[6] * e6
    return (e1, e2, e3, e4, e5, e6), (value if n >= 6 * last else NAN,)


def prepare(length: float, factor: float) -> Parameters:
    """(N, a, 1 - a, and the weights of e3 .. e6, which sum to 1).

    >>> round(sum(prepare(5.0, 0.7)[3:]), 12)
    1.0
    """
    n, v = period(length), amount(factor, "factor", 1.0)
    weights = (1 + 3 * v + v**3 + 3 * v**2, -6 * v**2 - 3 * v - 3 * v**3, 3 * v**2 + 3 * v**3, -(v**3))
    return n, 2.0 / (n + 1.0), (n - 1.0) / (n + 1.0), *weights


KIND: Final = Kind(
    name="t3",
    step=t3,
    state=6,
    parameters=("period", "factor"),
    columns=("t3_{period}_{factor}",),
    short=("t3_5",),
    warm_up=lambda n, _: (6 * n - 6,),
    lookback=lambda *_: 0,
    examples=((5.0, 0.7), (1.0, 1.0), (20.0, 0.5)),
    prepare=prepare,
)
