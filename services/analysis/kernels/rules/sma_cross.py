"""golden_cross and dead_cross: the fast simple moving average crosses the slow one up, down."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import crossing
from services.analysis.kernels.rules.rule import Rule


@step
def golden(_p: Parameters, x: Values, y: Values, _bars: Bars, _t: int) -> int:
    """x, y: (fast, slow)."""
    return 1 if crossing(x[0], x[1], y[0], y[1]) > 0 else 0


@step
def dead(_p: Parameters, x: Values, y: Values, _bars: Bars, _t: int) -> int:
    """x, y: (fast, slow)."""
    return -1 if crossing(x[0], x[1], y[0], y[1]) < 0 else 0


COLUMNS: Final = ("sma_{fast}", "sma_{slow}")
INSTANCES: Final = ({"fast": 50.0, "slow": 200.0},)

GOLDEN_CROSS: Final = Rule(
    "golden_cross", golden, COLUMNS, INSTANCES, ("up",), lambda p, x, _: x[f"sma_{p['slow']:g}"], (*COLUMNS, "close")
)
DEAD_CROSS: Final = Rule(
    "dead_cross", dead, COLUMNS, INSTANCES, ("down",), lambda p, x, _: x[f"sma_{p['slow']:g}"], (*COLUMNS, "close")
)
