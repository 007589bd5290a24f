"""squeeze: the Bollinger bandwidth is below that of all of the 120 bars before. The direction is the width's: always down."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import ge, lt
from services.analysis.kernels.rules.rule import Rule


@step
def fires(_p: Parameters, x: Values, y: Values, _bars: Bars, _t: int) -> int:
    """x, y: (bandwidth, lowest of the bars before). Both are fractions of the price: on the scale 1."""
    return -1 if lt(x[0], x[1], 1.0) and ge(y[0], y[1], 1.0) else 0


SQUEEZE: Final = Rule(
    "squeeze",
    fires,
    ("bb_width_{period}", "bb_width_low_{bars}"),
    ({"period": 20.0, "width": 2.0, "bars": 120.0},),
    ("down",),
    lambda p, x, _: x[f"bb_width_low_{p['bars']:g}"],
    ("bb_width_{period}", "bb_width_low_{bars}", "bb_upper_{period}", "bb_lower_{period}", "close"),
    version=2,
)
