"""new_high, new_low: a high above, a low below all of the 252 daily bars (52 weeks) before this session.

Once: neither the bars of this session before it, nor, for a session's first bar, the session before had made one.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import ge, gt, le, lt, scale
from services.analysis.kernels.rules.rule import INTRADAY_AND_DAILY, Rule


@step
def high(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (52-week high, highest high of the session so far)."""
    now = bars.high[t]
    return 1 if gt(now, x[0], scale(now, x[0])) and le(y[1], y[0], scale(y[1], y[0])) else 0


@step
def low(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (52-week low, lowest low of the session so far)."""
    now = bars.low[t]
    return -1 if lt(now, x[0], scale(now, x[0])) and ge(y[1], y[0], scale(y[1], y[0])) else 0


INSTANCES: Final = ({"bars": 252.0},)

NEW_HIGH: Final = Rule(
    "new_high",
    high,
    ("high_52w", "session_high"),
    INSTANCES,
    ("up",),
    lambda _p, x, _d: x["high_52w"],
    ("high", "high_52w", "all_time_high", "close"),
    timeframes=INTRADAY_AND_DAILY,
)
NEW_LOW: Final = Rule(
    "new_low",
    low,
    ("low_52w", "session_low"),
    INSTANCES,
    ("down",),
    lambda _p, x, _d: x["low_52w"],
    ("low", "low_52w", "all_time_low", "close"),
    timeframes=INTRADAY_AND_DAILY,
)
