"""Hurst exponent by rescaled ranges (Hurst, Transactions of the ASCE, 1951): 0.5 for a random walk, more in trends.

The last 8 x M log returns, M = N / 8 rounded down, are cut into 8 blocks of M returns, 4 of 2 M, 2 of 4 M and 1 of 8 M. Of a
block of m returns: rescaled range = (highest - lowest of the sums of the first k returns less k means, k = 0 .. m) / standard
deviation (divided by m) of the block's returns. hurst = the slope of the line by least squares through log(mean rescaled range of
the blocks) over log(m). Moves that revert give less than 0.5. Few returns bias it upwards: compare it with its own past. NaN
where the deviation of one of the blocks is at most 1e-9, or one of the closes is not above 0. Warm-up: from n = 8 x M. Parameter:
N, at least 64 bars.
"""

from __future__ import annotations

from math import log, sqrt
from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step

BLOCKS: Final = 8


@step
def rescaled(bars: Bars, t: int, m: int) -> float:
    """The rescaled range of the m log returns up to bar t; NaN where they do not differ."""
    first, last = bars.close[t - m], bars.close[t]
    if not (first > 0.0) & (last > 0.0):
        return NAN
    mean = log(last / first) / m
    high = low = total = squares = 0.0
    for i in range(t - m + 1, t + 1):
        if not bars.close[i] > 0.0:
            return NAN
        distance = log(bars.close[i] / bars.close[i - 1]) - mean
        total += distance
        squares += distance * distance
        high, low = max(high, total), min(low, total)
    deviation = sqrt(squares / m)
    return (high - low) / deviation if deviation > SAME else NAN


@step
def hurst(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (M,). With blocks halved each time, log(m) is evenly spaced: the slope is a sum of four terms."""
    shortest = int(p[0])
    if n < BLOCKS * shortest:
        return s, (NAN,)
    slope, weight, blocks = 0.0, 0.3 / log(2.0), 1
    for _ in range(4):
        m, total = shortest * BLOCKS // blocks, 0.0
        for block in range(blocks):
            total += rescaled(bars, t - block * m, m)
        slope += weight * log(total / blocks)
        weight, blocks = weight - 0.2 / log(2.0), 2 * blocks
    return s, (slope,)


KIND: Final = Kind(
    name="hurst",
    step=hurst,
    state=0,
    parameters=("period",),
    columns=("hurst_{period}",),
    warm_up=lambda n: (n // BLOCKS * BLOCKS,),
    lookback=lambda n: n // BLOCKS * BLOCKS,
    examples=((128.0,), (64.0,), (200.0,)),
    prepare=lambda n: (period(n, least=64) // BLOCKS,),
)
