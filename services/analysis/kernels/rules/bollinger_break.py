"""bollinger_break: the close leaves the Bollinger bands."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import crossing
from services.analysis.kernels.rules.rule import Rule


@step
def fires(_p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (upper, lower)."""
    close, before = bars.close[t], bars.close[t - 1]
    if crossing(close, x[0], before, y[0]) > 0:
        return 1
    return -1 if crossing(close, x[1], before, y[1]) < 0 else 0


BOLLINGER_BREAK: Final = Rule(
    "bollinger_break",
    fires,
    ("bb_upper_{period}", "bb_lower_{period}"),
    ({"period": 20.0, "width": 2.0},),
    ("up", "down"),
    lambda p, x, direction: x[f"bb_{'upper' if direction == 'up' else 'lower'}_{p['period']:g}"],
    ("close", "bb_upper_{period}", "bb_lower_{period}", "bb_width_{period}"),
)
