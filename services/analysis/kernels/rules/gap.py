"""gap: a session opens outside the range of the session before and a given share away from its close."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import ge, gt, le, lt, scale
from services.analysis.kernels.rules.rule import INTRADAY_AND_DAILY, Rule


@step
def fires(p: Parameters, x: Values, _y: Values, bars: Bars, t: int) -> int:
    """x: (previous session's high, low and close). p: (move,)."""
    if bars.session[t] == bars.session[t - 1] or not x[2] > 0.0:
        return 0
    first, up, down = bars.open[t], x[2] * (1.0 + p[0]), x[2] * (1.0 - p[0])
    if gt(first, x[0], scale(first, x[0])) and ge(first, up, scale(first, up)):
        return 1
    return -1 if lt(first, x[1], scale(first, x[1])) and le(first, down, scale(first, down)) else 0


GAP: Final = Rule(
    "gap",
    fires,
    ("prev_session_high", "prev_session_low", "prev_session_close"),
    ({"move": 0.01},),
    ("up", "down"),
    lambda _, x, direction: x["prev_session_high" if direction == "up" else "prev_session_low"],
    ("open", "prev_session_high", "prev_session_low", "prev_session_close", "close"),
    timeframes=INTRADAY_AND_DAILY,
)
