"""prev_high_break and prev_low_break: the close leaves the range of the session before, once a session."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import gt, lt, scale
from services.analysis.kernels.rules.rule import INTRADAY_AND_DAILY, Rule


@step
def high(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (previous session's high, highest close of this session so far)."""
    close = bars.close[t]
    first = bars.session[t] != bars.session[t - 1]
    return 1 if gt(close, x[0], scale(close, x[0])) and (first or not gt(y[1], x[0], scale(y[1], x[0]))) else 0


@step
def low(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (previous session's low, lowest close of this session so far)."""
    close = bars.close[t]
    first = bars.session[t] != bars.session[t - 1]
    return -1 if lt(close, x[0], scale(close, x[0])) and (first or not lt(y[1], x[0], scale(y[1], x[0]))) else 0


PREV_HIGH_BREAK: Final = Rule(
    "prev_high_break",
    high,
    ("prev_session_high", "session_high_close"),
    ({},),
    ("up",),
    lambda _, x, _d: x["prev_session_high"],
    ("close", "prev_session_high", "session_high_close"),
    timeframes=INTRADAY_AND_DAILY,
)
PREV_LOW_BREAK: Final = Rule(
    "prev_low_break",
    low,
    ("prev_session_low", "session_low_close"),
    ({},),
    ("down",),
    lambda _, x, _d: x["prev_session_low"],
    ("close", "prev_session_low", "session_low_close"),
    timeframes=INTRADAY_AND_DAILY,
)
