"""ema_cross: the fast exponential moving average crosses the slow one."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import crossing
from services.analysis.kernels.rules.rule import Rule


@step
def fires(_p: Parameters, x: Values, y: Values, _bars: Bars, _t: int) -> int:
    """x, y: (fast, slow)."""
    return crossing(x[0], x[1], y[0], y[1])


COLUMNS: Final = ("ema_{fast}", "ema_{slow}")

EMA_CROSS: Final = Rule(
    "ema_cross",
    fires,
    COLUMNS,
    ({"fast": 12.0, "slow": 26.0},),
    ("up", "down"),
    lambda p, x, _: x[f"ema_{p['slow']:g}"],
    (*COLUMNS, "close"),
)
