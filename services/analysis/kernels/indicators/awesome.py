"""Awesome oscillator (Williams, Trading Chaos, 1995): a short less a long mean of the middles of the bars.

awesome = mean of the last ``fast`` middles - mean of the last ``slow`` ones, middle = (high + low) / 2, in the price's own
currency. Warm-up: from n = slow - 1. Parameters: fast, slow, bars, fast shorter than slow.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def middles(bars: Bars, t: int, n: int) -> float:
    """The sum of the middles of bars t - n + 1 .. t, doubled."""
    total = 0.0
    for i in range(t - n + 1, t + 1):
        total += bars.high[i] + bars.low[i]
    return total


@step
def awesome(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (fast, slow, 1 / (2 fast), 1 / (2 slow))."""
    fast, slow = int(p[0]), int(p[1])
    if n < slow - 1:
        return s, (NAN,)
    short = middles(bars, t, fast)
    return s, (short * p[2] - (short + middles(bars, t - fast, slow - fast)) * p[3],)


def prepare(fast: float, slow: float) -> Parameters:
    """(fast, slow, 1 / (2 fast), 1 / (2 slow)).

    >>> prepare(5.0, 40.0)
    (5.0, 40.0, 0.1, 0.0125)
    """
    if fast >= slow:
        raise ValueError(f"fast must be shorter than slow, not {fast:g} to {slow:g}")
    return period(fast), period(slow), 0.5 / fast, 0.5 / slow


KIND: Final = Kind(
    name="awesome",
    step=awesome,
    state=0,
    parameters=("fast", "slow"),
    columns=("awesome_{fast}_{slow}",),
    short=("awesome",),
    warm_up=lambda _, slow: (slow - 1,),
    lookback=lambda _, slow: slow - 1,
    examples=((5.0, 34.0), (1.0, 2.0), (10.0, 100.0)),
    prepare=prepare,
)
