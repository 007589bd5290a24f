"""bollinger_touch: the close comes within a distance of a Bollinger band, inside it."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import ge, le, scale
from services.analysis.kernels.rules.rule import Rule


@step
def near_upper(close: float, upper: float, distance: float) -> bool:
    """Inside the upper band and no further from it than the distance."""
    edge = upper * (1.0 - distance)
    return ge(close, edge, scale(close, edge)) and le(close, upper, scale(close, upper))


@step
def near_lower(close: float, lower: float, distance: float) -> bool:
    """Inside the lower band and no further from it than the distance."""
    edge = lower * (1.0 + distance)
    return le(close, edge, scale(close, edge)) and ge(close, lower, scale(close, lower))


@step
def fires(p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (upper, lower). p: (period, width, distance)."""
    if y[0] != y[0]:
        return 0
    close, before = bars.close[t], bars.close[t - 1]
    upper, lower = near_upper(close, x[0], p[2]), near_lower(close, x[1], p[2])
    if upper and not lower and not near_upper(before, y[0], p[2]):
        return 1
    return -1 if lower and not upper and not near_lower(before, y[1], p[2]) else 0


BOLLINGER_TOUCH: Final = Rule(
    "bollinger_touch",
    fires,
    ("bb_upper_{period}", "bb_lower_{period}"),
    ({"period": 20.0, "width": 2.0, "distance": 0.01},),
    ("up", "down"),
    lambda p, x, direction: x[f"bb_{'upper' if direction == 'up' else 'lower'}_{p['period']:g}"],
    ("close", "bb_upper_{period}", "bb_lower_{period}", "bb_width_{period}"),
)
