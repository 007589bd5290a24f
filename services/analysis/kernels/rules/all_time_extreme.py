"""all_time_high, all_time_low: a daily high above, a low below all bars before it, where the bar before made none.

"All" is the history that the engine has. A series must have an average of 200 bars, since a new one would break records every day.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import ge, gt, le, lt, scale
from services.analysis.kernels.rules.rule import DAILY, Rule


@step
def high(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (highest high of all bars before, average)."""
    now, before = bars.high[t], bars.high[t - 1]
    new = gt(now, x[0], scale(now, x[0])) and le(before, y[0], scale(before, y[0]))
    return 1 if new and y[1] == y[1] else 0


@step
def low(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (lowest low of all bars before, average)."""
    now, before = bars.low[t], bars.low[t - 1]
    new = lt(now, x[0], scale(now, x[0])) and ge(before, y[0], scale(before, y[0]))
    return -1 if new and y[1] == y[1] else 0


ALL_TIME_HIGH: Final = Rule(
    "all_time_high",
    high,
    ("all_time_high", "sma_200"),
    ({},),
    ("up",),
    lambda _p, x, _d: x["all_time_high"],
    ("high", "all_time_high", "close"),
    DAILY,
)
ALL_TIME_LOW: Final = Rule(
    "all_time_low",
    low,
    ("all_time_low", "sma_200"),
    ({},),
    ("down",),
    lambda _p, x, _d: x["all_time_low"],
    ("low", "all_time_low", "close"),
    DAILY,
)
