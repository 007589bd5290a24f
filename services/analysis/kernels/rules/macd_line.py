"""macd_cross and macd_zero: the MACD crosses its signal, zero. Differences count from 1e-9 of the close."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import crossed
from services.analysis.kernels.rules.rule import Rule


@step
def cross(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (macd, signal)."""
    return crossed(x[0], x[1], bars.close[t], y[0], y[1], bars.close[t - 1])


@step
def zero(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (macd,)."""
    return crossed(x[0], 0.0, bars.close[t], y[0], 0.0, bars.close[t - 1])


INSTANCES: Final = ({"fast": 12.0, "slow": 26.0, "signal": 9.0},)

MACD_CROSS: Final = Rule(
    "macd_cross",
    cross,
    ("macd", "macd_signal"),
    INSTANCES,
    ("up", "down"),
    lambda _, x, _d: x["macd_signal"],
    ("macd", "macd_signal", "macd_hist", "close"),
)
MACD_ZERO: Final = Rule(
    "macd_zero", zero, ("macd",), INSTANCES, ("up", "down"), lambda _p, _x, _d: 0.0, ("macd", "macd_signal", "close")
)
