"""Arnaud Legoux moving average (Legoux and Kouzis-Loukas, 2009): the mean of the last N closes with a bell of weights.

The weight of the i-th of them, 0 for the oldest, is exp(-(i - m)^2 / (2 d^2)) with m = offset x (N - 1) and d = N / sigma; in the
price's own currency. An offset near 1 follows the newest closes, a larger sigma makes the bell narrower. Warm-up: from n = N - 1.
Parameters: N, bars; offset, above 0, at most 1; sigma, above 0, at most 100.
"""

from __future__ import annotations

from math import exp
from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, amount, period, step


@step
def alma(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N, m, 1 / (2 d^2))."""
    length = int(p[0])
    if n < length - 1:
        return s, (NAN,)
    total = weights = 0.0
    for i in range(length):
        far = i - p[1]
        weight = exp(-far * far * p[2])
        total, weights = total + weight * bars.close[t - length + 1 + i], weights + weight
    return s, (total / weights,)


def prepare(length: float, offset: float, sigma: float) -> Parameters:
    """(N, m, 1 / (2 d^2)).

    >>> prepare(9.0, 0.5, 3.0)
    (9.0, 4.0, 0.05555555555555555)
    """
    n = period(length)
    return n, amount(offset, "offset", 1.0) * (n - 1.0), 0.5 * (amount(sigma, "sigma") / n) ** 2


KIND: Final = Kind(
    name="alma",
    step=alma,
    state=0,
    parameters=("period", "offset", "sigma"),
    columns=("alma_{period}_{offset}_{sigma}",),
    short=("alma_9",),
    warm_up=lambda n, *_: (n - 1,),
    lookback=lambda n, *_: n - 1,
    examples=((9.0, 0.85, 6.0), (1.0, 1.0, 1.0), (50.0, 0.5, 12.5), (2.0, 0.5, 100.0)),
    prepare=prepare,
)
