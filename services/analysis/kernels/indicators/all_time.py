"""Highest high and lowest low of all bars before this one: all that the engine has been given, no more.

Warm-up: from n = 1.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, step


@step
def all_time(s: State, _p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (highest high, lowest low), this bar included for the next one."""
    if n == 0:
        return (bars.high[t], bars.low[t]), (NAN, NAN)
    return (max(s[0], bars.high[t]), min(s[1], bars.low[t])), (s[0], s[1])


KIND: Final = Kind(
    name="all_time",
    step=all_time,
    state=2,
    parameters=(),
    columns=("all_time_high", "all_time_low"),
    warm_up=lambda: (1, 1),
    lookback=lambda: 0,
    examples=((),),
)
