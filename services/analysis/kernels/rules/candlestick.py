"""Candlestick patterns as rules: engulfing, hammer, shooting star, morning and evening star.

The level is the low of the closed bar where the pattern points up, its high where it points down.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import gt, scale
from services.analysis.kernels.rules.rule import Direction, Rule, RuleFunction


@step
def up(_p: Parameters, x: Values, _y: Values, _bars: Bars, _t: int) -> int:
    """x: (pattern,)."""
    return 1 if x[0] > 0 else 0


@step
def down(_p: Parameters, x: Values, _y: Values, _bars: Bars, _t: int) -> int:
    """x: (pattern,)."""
    return -1 if x[0] < 0 else 0


@step
def engulfed(_p: Parameters, x: Values, _y: Values, bars: Bars, t: int) -> int:
    """x: (pattern,). A bar without a body counts as white, but there is nothing in it to engulf."""
    close, first = bars.close[t - 1], bars.open[t - 1]
    return -1 if x[0] < 0 and gt(close, first, scale(close, first)) else 0


def _rule(name: str, fires: RuleFunction, column: str, direction: Direction) -> Rule:
    level = "low" if direction == "up" else "high"
    return Rule(name, fires, (column,), ({},), (direction,), lambda _p, x, _d: x[level], (column, "open", "high", "low", "close"))


BULLISH_ENGULFING: Final = _rule("bullish_engulfing", up, "cdl_engulfing", "up")
BEARISH_ENGULFING: Final = _rule("bearish_engulfing", engulfed, "cdl_engulfing", "down")
HAMMER: Final = _rule("hammer", up, "cdl_hammer", "up")
SHOOTING_STAR: Final = _rule("shooting_star", down, "cdl_shooting_star", "down")
MORNING_STAR: Final = _rule("morning_star", up, "cdl_morning_star", "up")
EVENING_STAR: Final = _rule("evening_star", down, "cdl_evening_star", "down")
