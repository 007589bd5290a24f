"""rsi_overbought, rsi_oversold and rsi_mid: the RSI crosses 70, 30, 50, in either direction."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import crossed
from services.analysis.kernels.rules.rule import Rule


@step
def fires(p: Parameters, x: Values, y: Values, _bars: Bars, _t: int) -> int:
    """x, y: (rsi,). p: (period, level)."""
    return crossed(x[0], p[1], 100.0, y[0], p[1], 100.0)


def _rule(name: str, level: float) -> Rule:
    return Rule(
        name,
        fires,
        ("rsi_{period}",),
        ({"period": 14.0, "level": level},),
        ("up", "down"),
        lambda p, _x, _d: p["level"],
        ("rsi_{period}", "close"),
        version=2,
    )


RSI_OVERBOUGHT: Final = _rule("rsi_overbought", 70.0)
RSI_OVERSOLD: Final = _rule("rsi_oversold", 30.0)
RSI_MID: Final = _rule("rsi_mid", 50.0)
