"""price_move: the close is a given share away from the previous session's close, once a session and direction."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import ge, le, scale
from services.analysis.kernels.rules.rule import INTRADAY_AND_DAILY, Rule


@step
def fires(p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x: (previous session's close, highest and lowest close of this one so far). p: (level,)."""
    if not x[0] > 0.0:  # a distance from 0 or below is not defined
        return 0
    close = bars.close[t]
    first = bars.session[t] != bars.session[t - 1]
    up, down = x[0] * (1.0 + p[0]), x[0] * (1.0 - p[0])
    if ge(close, up, scale(close, up)) and (first or not ge(y[1], up, scale(y[1], up))):
        return 1
    return -1 if le(close, down, scale(close, down)) and (first or not le(y[2], down, scale(y[2], down))) else 0


KINDS_BY_LEVEL: Final = MappingProxyType({0.01: ("index", "fx"), 0.03: ("stock", "etf"), 0.05: ("future", "crypto")})
"""Level -> the kinds of instrument for which such a move is news."""

PRICE_MOVE: Final = Rule(
    "price_move",
    fires,
    ("prev_session_close", "session_high_close", "session_low_close"),
    tuple({"level": level} for level in KINDS_BY_LEVEL),
    ("up", "down"),
    lambda p, x, direction: x["prev_session_close"] * (1.0 + p["level"] if direction == "up" else 1.0 - p["level"]),
    ("close", "prev_session_close", "session_high_close", "session_low_close"),
    timeframes=INTRADAY_AND_DAILY,
    instruments=lambda p: KINDS_BY_LEVEL[p["level"]],
)
