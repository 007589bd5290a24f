"""Volume oscillator: how far a short mean of volume is above or below a long one, in percent.

volume_oscillator = 100 x (mean of the last ``fast`` volumes / mean of the last ``slow`` ones - 1). NaN where none of the slow
bars has volume. Warm-up: from n = slow - 1. Parameters: fast, slow, bars, fast shorter than slow. Source: Achelis, Technical
Analysis from A to Z, 1995.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Floats, Kind, Parameters, State, Values, period, step


@step
def total(values: Floats, t: int, n: int) -> float:
    """The sum of ``values[t - n + 1 .. t]``."""
    found = 0.0
    for i in range(t - n + 1, t + 1):
        found += values[i]
    return found


@step
def volume_oscillator(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: none. p: (fast, slow, slow / fast)."""
    fast, slow = int(p[0]), int(p[1])
    if n < slow - 1:
        return s, (NAN,)
    short = total(bars.volume, t, fast)
    long = short + total(bars.volume, t - fast, slow - fast)
    return s, (100.0 * (short * p[2] / long - 1.0) if long > 0 else NAN,)


def prepare(fast: float, slow: float) -> Parameters:
    """(fast, slow, slow / fast).

    >>> prepare(5.0, 10.0)
    (5.0, 10.0, 2.0)
    """
    if fast >= slow:
        raise ValueError(f"fast must be shorter than slow, not {fast:g} to {slow:g}")
    return period(fast), period(slow), slow / fast


KIND: Final = Kind(
    name="volume_oscillator",
    step=volume_oscillator,
    state=0,
    parameters=("fast", "slow"),
    columns=("volume_oscillator_{fast}_{slow}",),
    short=("volume_oscillator",),
    warm_up=lambda _, slow: (slow - 1,),
    lookback=lambda _, slow: slow - 1,
    examples=((5.0, 10.0), (1.0, 2.0), (14.0, 100.0)),
    prepare=prepare,
)
