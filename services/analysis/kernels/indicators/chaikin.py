"""Chaikin oscillator: a fast less a slow EMA of the accumulation/distribution line.

Both averages start with the line's first value, 0 while it has none. NaN until a bar has volume and a range (TA-Lib: 0). Warm-up:
from n = slow - 1. Else equals TA-Lib's ADOSC.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.accumulation import accumulated, weighed
from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step


@step
def chaikin(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (the line, its fast EMA, its slow EMA; 1 once something was weighed).

    p: (slow, and a, 1 - a of each with a = 2 / (N + 1)).
    """
    line = s[0] + accumulated(bars, t)
    fast = s[1] * p[2] + line * p[1] if n > 0 else line
    slow = s[2] * p[4] + line * p[3] if n > 0 else line
    known = max(s[3], weighed(bars, t))
    return (line, fast, slow, known), (fast - slow if (n >= int(p[0]) - 1) & (known > 0) else NAN,)


def prepare(fast: float, slow: float) -> Parameters:
    """(slow, and a, 1 - a of each with a = 2 / (N + 1))."""
    if fast >= slow:
        raise ValueError(f"the fast average must be shorter than the slow one, not {fast:g} to {slow:g}")
    lengths = (period(fast), period(slow))
    return lengths[1], *(part for n in lengths for part in (2.0 / (n + 1.0), (n - 1.0) / (n + 1.0)))


KIND: Final = Kind(
    name="chaikin",
    step=chaikin,
    state=4,
    parameters=("fast", "slow"),
    columns=("ad_oscillator_{fast}_{slow}",),
    short=("ad_oscillator",),
    warm_up=lambda _, slow: (slow - 1,),
    lookback=lambda *_: 0,
    examples=((3.0, 10.0), (2.0, 4.0)),
    prepare=prepare,
)
