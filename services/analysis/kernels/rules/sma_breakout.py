"""sma_breakout_up and sma_breakout_down: the close crosses its simple moving average."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import crossing
from services.analysis.kernels.rules.rule import INTRADAY_AND_DAILY, Rule


@step
def up(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (average,)."""
    return 1 if crossing(bars.close[t], x[0], bars.close[t - 1], y[0]) > 0 else 0


@step
def down(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (average,)."""
    return -1 if crossing(bars.close[t], x[0], bars.close[t - 1], y[0]) < 0 else 0


COLUMNS: Final = ("sma_{period}",)
INSTANCES: Final = ({"period": 20.0}, {"period": 50.0}, {"period": 200.0})

SMA_BREAKOUT_UP: Final = Rule(
    "sma_breakout_up",
    up,
    COLUMNS,
    INSTANCES,
    ("up",),
    lambda p, x, _: x[f"sma_{p['period']:g}"],
    ("close", *COLUMNS),
    timeframes=INTRADAY_AND_DAILY,
)
SMA_BREAKOUT_DOWN: Final = Rule(
    "sma_breakout_down",
    down,
    COLUMNS,
    INSTANCES,
    ("down",),
    lambda p, x, _: x[f"sma_{p['period']:g}"],
    ("close", *COLUMNS),
    timeframes=INTRADAY_AND_DAILY,
)
