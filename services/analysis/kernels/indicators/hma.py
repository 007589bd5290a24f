"""Hull moving average (Hull, 2005): a weighted average with little lag, smoothed again.

hma = WMA over R of (2 x WMA over H of the closes - WMA over N of them), with H = N / 2 and R = square root of N, both rounded
down, in the price's own currency. The weights of a WMA of N are N for the newest, 1 for the oldest. Warm-up: from n = N + R - 2.
Parameter: N, at least 2 bars; N + R - 2 is at most the longest look-back.
"""

from __future__ import annotations

from math import isqrt
from typing import Final

from services.analysis.kernels.indicators.kind import MAX_LOOKBACK, NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.wma import sums

LONGEST: Final = max(n for n in range(2, MAX_LOOKBACK) if n + isqrt(n) - 2 <= MAX_LOOKBACK)


@step
def hma(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N, H, R, 4 / (H (H + 1)), 2 / (N (N + 1)), 2 / (R (R + 1)))."""
    length, half, root = int(p[0]), int(p[1]), int(p[2])
    if n < length + root - 2:
        return s, (NAN,)
    first = t - root + 1
    short, short_sum = sums(bars.close, first, half)
    long, long_sum = sums(bars.close, first, length)
    total = short * p[3] - long * p[4]
    for i in range(first + 1, t + 1):
        x = bars.close[i]
        short, short_sum = short + (p[1] * x - short_sum), short_sum + (x - bars.close[i - half])
        long, long_sum = long + (p[0] * x - long_sum), long_sum + (x - bars.close[i - length])
        total += (i - first + 1.0) * (short * p[3] - long * p[4])
    return s, (total * p[5],)


def prepare(length: float) -> Parameters:
    """(N, H, R, and the reciprocals of the sums of weights, that of H doubled).

    >>> prepare(16.0)[:3]
    (16.0, 8.0, 4.0)
    """
    n = period(length, LONGEST, least=2)
    half, root = float(int(n) // 2), float(isqrt(int(n)))
    return n, half, root, 4.0 / (half * (half + 1.0)), 2.0 / (n * (n + 1.0)), 2.0 / (root * (root + 1.0))


KIND: Final = Kind(
    name="hma",
    step=hma,
    state=0,
    parameters=("period",),
    columns=("hma_{period}",),
    warm_up=lambda n: (int(n) + isqrt(int(n)) - 2,),
    lookback=lambda n: int(n) + isqrt(int(n)) - 2,
    examples=((20.0,), (2.0,), (9.0,), (100.0,)),
    prepare=prepare,
)
