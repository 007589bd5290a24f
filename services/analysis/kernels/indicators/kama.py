"""Kaufman's adaptive moving average (Kaufman, Smarter Trading, 1995): fast in straight moves, slow in fluctuations.

efficiency = abs(close - close N bars ago) / (sum of the last N absolute changes of the close), 1 where nothing moved; a =
(efficiency x (2 / (fast + 1) - 2 / (slow + 1)) + 2 / (slow + 1))^2; kama = kama' + a x (close - kama'), which starts at the
close of n = N - 1, in the price's own currency. Warm-up: from n = N. Parameters: N, 1 to 500 bars; fast, slow, 1 to 500 bars,
fast shorter than slow. Equals TA-Lib's KAMA (which has 2 and 30). The sum is recomputed when it has become small,
so that no move gives exactly 0.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Floats, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.summing import RENEWED, WORN

STILL: Final = 1e-14
"""A sum of changes below this is no move, as in TA-Lib."""


@step
def kama(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (average; sum of the last N absolute changes, the largest such sum since it was recomputed).

    p: (N, fastest - slowest, slowest).
    """
    average, way, largest = s
    length = int(p[0])
    x = bars.close[t]
    if n < length:
        way += abs(x - bars.close[t - 1]) if n > 0 else 0.0
        return (x, way, way), (NAN,)
    first = bars.close[t - length]
    gone = abs(first - bars.close[t - length - 1]) if n > length else 0.0
    way += abs(x - bars.close[t - 1]) - gone
    if (n % RENEWED == 0) | (way < WORN * largest):
        way = changes(bars.close, t, length)
        largest = way
    efficiency = min(abs(x - first) / max(way, STILL), 1.0) if way >= STILL else 1.0
    smooth = efficiency * p[1] + p[2]
    smooth *= smooth
    average = average * (1.0 - smooth) + smooth * x
    return (average, way, max(way, largest)), (average,)


@step
def changes(values: Floats, t: int, n: int) -> float:
    """Sum of the absolute changes from ``values[t - n]`` to ``values[t]``."""
    total = 0.0
    for i in range(t - n + 1, t + 1):
        total += abs(values[i] - values[i - 1])
    return total


def prepare(length: float, fast: float, slow: float) -> Parameters:
    """(N, and of the two smoothing constants the difference and the slower)."""
    if fast >= slow:
        raise ValueError(f"fast must be shorter than slow, not {fast:g} to {slow:g}")
    quickest, slowest = (2.0 / (period(each, name=name) + 1.0) for each, name in ((fast, "fast"), (slow, "slow")))
    return (period(length), quickest - slowest, slowest)


KIND: Final = Kind(
    name="kama",
    step=kama,
    state=3,
    parameters=("period", "fast", "slow"),
    columns=("kama_{period}_{fast}_{slow}",),
    short=("kama_10",),
    warm_up=lambda n, *_: (n,),
    lookback=lambda n, *_: n + 1,
    examples=((10.0, 2.0, 30.0), (30.0, 2.0, 30.0), (5.0, 3.0, 20.0)),
    prepare=prepare,
)
