"""doji_at_band: a doji that reaches a Bollinger band, a possible reversal: down at the upper band, up at the lower one."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import ge, le, scale
from services.analysis.kernels.rules.rule import Rule


@step
def reached(x: Values, high: float, low: float) -> int:
    """-1 for a doji at the upper band alone, +1 at the lower band alone, else 0."""
    upper, lower = ge(high, x[1], scale(high, x[1])), le(low, x[2], scale(low, x[2]))
    return (int(lower) - int(upper)) if x[0] > 0 else 0


@step
def fires(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (doji, upper, lower)."""
    if (y[0] != y[0]) | (y[1] != y[1]):
        return 0
    now = reached(x, bars.high[t], bars.low[t])
    return now if now != reached(y, bars.high[t - 1], bars.low[t - 1]) else 0


DOJI_AT_BAND: Final = Rule(
    "doji_at_band",
    fires,
    ("cdl_doji", "bb_upper_{period}", "bb_lower_{period}"),
    ({"period": 20.0, "width": 2.0},),
    ("up", "down"),
    lambda p, x, direction: x[f"bb_{'lower' if direction == 'up' else 'upper'}_{p['period']:g}"],
    ("cdl_doji", "bb_upper_{period}", "bb_lower_{period}", "open", "high", "low", "close"),
    version=2,
)
