"""new_high, new_low: a high above, a low below all of the 252 daily bars (52 weeks) before it, where the bar before made none."""

from __future__ import annotations

from typing import Final

from services.analysis.domain.indicators.kind import Bars, Parameters, Values, step
from services.analysis.domain.rules.comparing import ge, gt, le, lt, scale
from services.analysis.domain.rules.rule import DAILY, Rule


@step
def high(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (highest high of the bars before,)."""
    now, before = bars.high[t], bars.high[t - 1]
    return 1 if gt(now, x[0], scale(now, x[0])) and le(before, y[0], scale(before, y[0])) else 0


@step
def low(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (lowest low of the bars before,)."""
    now, before = bars.low[t], bars.low[t - 1]
    return -1 if lt(now, x[0], scale(now, x[0])) and ge(before, y[0], scale(before, y[0])) else 0


INSTANCES: Final = ({"bars": 252.0},)

NEW_HIGH: Final = Rule(
    "new_high",
    high,
    ("high_{bars}",),
    INSTANCES,
    ("up",),
    lambda p, x, _: x[f"high_{p['bars']:g}"],
    ("high", "high_{bars}", "all_time_high", "close"),
    DAILY,
)
NEW_LOW: Final = Rule(
    "new_low",
    low,
    ("low_{bars}",),
    INSTANCES,
    ("down",),
    lambda p, x, _: x[f"low_{p['bars']:g}"],
    ("low", "low_{bars}", "all_time_low", "close"),
    DAILY,
)
