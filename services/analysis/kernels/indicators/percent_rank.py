"""Percentile rank of the close: the share of the last N closes before this one that are not above it, 0 to 100.

percent_rank = 100 x (how many of the N closes before this one are at most it) / N, closes equal to 1e-9 counting as equal. NaN
where all of them and this one are equal: a price that stands still has no rank. Warm-up: from n = N. Parameter: N, bars. As
TradingView's ta.percentrank. ``share_up_to`` ranks any series.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Floats, Kind, Parameters, State, Values, period, step


@step
def share_up_to(values: Floats, t: int, n: int) -> float:
    """The share of ``values[t - n .. t - 1]`` that are at most ``values[t]``; NaN if all are equal to it, or one is NaN."""
    now = values[t]
    least = SAME * abs(now)
    count = equal = 0.0
    known = now == now
    for i in range(t - n, t):
        distance = values[i] - now
        count += 1.0 if distance <= least else 0.0
        equal += 1.0 if abs(distance) <= least else 0.0
        known &= distance == distance
    return count / n if known & (equal < n) else NAN


@step
def percent_rank(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (N,)."""
    length = int(p[0])
    return s, (100.0 * share_up_to(bars.close, t, length) if n >= length else NAN,)


KIND: Final = Kind(
    name="percent_rank",
    step=percent_rank,
    state=0,
    parameters=("period",),
    columns=("percent_rank_{period}",),
    warm_up=lambda n: (n,),
    lookback=lambda n: n,
    examples=((100.0,), (1.0,), (20.0,)),
    prepare=lambda n: (period(n),),
)
