"""volume_surge: volume of at least a multiple of its mean, together with a move of the price."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import ge, le, scale
from services.analysis.kernels.rules.rule import INTRADAY_AND_DAILY, Rule


@step
def fires(p: Parameters, x: Values, _y: Values, bars: Bars, t: int) -> int:
    """x: (mean volume,). p: (period, ratio, move)."""
    volume, wanted = bars.volume[t], p[1] * x[0]
    if not ge(volume, wanted, scale(volume, wanted)):
        return 0
    if not bars.close[t - 1] > 0.0:
        return 0
    moved = bars.close[t] / bars.close[t - 1] - 1.0
    return 1 if ge(moved, p[2], 1.0) else (-1 if le(moved, -p[2], 1.0) else 0)


VOLUME_SURGE: Final = Rule(
    "volume_surge",
    fires,
    ("volume_sma_{period}",),
    ({"period": 20.0, "ratio": 2.0, "move": 0.01},),
    ("up", "down"),
    lambda p, x, _: p["ratio"] * x[f"volume_sma_{p['period']:g}"],
    ("volume", "volume_sma_{period}", "close"),
    timeframes=INTRADAY_AND_DAILY,
)
