"""volume_dry: volume falls to at most a fraction of its mean. The direction is the volume's: always down.

A bar without volume does not count: whether nothing was traded or nothing was counted is unknown.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import gt, le, scale
from services.analysis.kernels.rules.rule import Rule


@step
def fires(p: Parameters, x: Values, y: Values, bars: Bars, t: int) -> int:
    """x, y: (mean volume,). p: (period, ratio)."""
    now, before = bars.volume[t], bars.volume[t - 1]
    line, line_before = p[1] * x[0], p[1] * y[0]
    dry = now > 0 and le(now, line, scale(now, line))
    return -1 if dry and gt(before, line_before, scale(before, line_before)) else 0


VOLUME_DRY: Final = Rule(
    "volume_dry",
    fires,
    ("volume_sma_{period}",),
    ({"period": 20.0, "ratio": 0.5},),
    ("down",),
    lambda p, x, _: p["ratio"] * x[f"volume_sma_{p['period']:g}"],
    ("volume", "volume_sma_{period}", "close"),
)
