"""stochastic_cross: %K crosses %D where both directions mean something: up in the oversold zone, down in the overbought one."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import crossed, gt, lt
from services.analysis.kernels.rules.rule import Rule


@step
def fires(p: Parameters, x: Values, y: Values, _bars: Bars, _t: int) -> int:
    """x, y: (%K, %D). p: (period, slowing, signal, high, low)."""
    cross = crossed(x[0], x[1], 100.0, y[0], y[1], 100.0)
    if cross > 0 and lt(x[1], p[4], 100.0):
        return 1
    return -1 if cross < 0 and gt(x[1], p[3], 100.0) else 0


COLUMNS: Final = ("stoch_k_{period}", "stoch_d_{period}")

STOCHASTIC_CROSS: Final = Rule(
    "stochastic_cross",
    fires,
    COLUMNS,
    ({"period": 14.0, "slowing": 3.0, "signal": 3.0, "high": 80.0, "low": 20.0},),
    ("up", "down"),
    lambda p, x, _: x[f"stoch_d_{p['period']:g}"],
    (*COLUMNS, "close"),
    version=2,
)
