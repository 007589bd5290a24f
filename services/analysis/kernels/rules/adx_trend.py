"""adx_trend: the ADX rises through a level, in the direction of the stronger directional indicator."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import crossed, gt, lt
from services.analysis.kernels.rules.rule import Rule


@step
def fires(p: Parameters, x: Values, y: Values, _bars: Bars, _t: int) -> int:
    """x, y: (adx, +di, -di). p: (period, level)."""
    if crossed(x[0], p[1], 100.0, y[0], p[1], 100.0) <= 0:
        return 0
    return 1 if gt(x[1], x[2], 100.0) else (-1 if lt(x[1], x[2], 100.0) else 0)


COLUMNS: Final = ("adx_{period}", "plus_di_{period}", "minus_di_{period}")

ADX_TREND: Final = Rule(
    "adx_trend",
    fires,
    COLUMNS,
    ({"period": 14.0, "level": 25.0},),
    ("up", "down"),
    lambda p, _x, _d: p["level"],
    (*COLUMNS, "close"),
    version=2,
)
