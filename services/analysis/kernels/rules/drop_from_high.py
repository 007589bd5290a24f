"""drop_from_high: the close falls a given share below the 52-week high, this session included."""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values, step
from services.analysis.kernels.rules.comparing import crossed
from services.analysis.kernels.rules.rule import INTRADAY_AND_DAILY, Rule


@step
def fires(p: Parameters, x: Values, y: Values, _bars: Bars, _t: int) -> int:
    """x, y: (drawdown,). p: (bars, drop)."""
    return -1 if crossed(x[0], -p[1], 1.0, y[0], -p[1], 1.0) < 0 else 0


DROP_FROM_HIGH: Final = Rule(
    "drop_from_high",
    fires,
    ("drawdown_52w",),
    tuple({"bars": 252.0, "drop": drop} for drop in (0.02, 0.05, 0.1, 0.2)),
    ("down",),
    lambda p, x, _: (1.0 - p["drop"]) * max(x["high_52w"], x["session_high"]),
    ("drawdown_52w", "high_52w", "session_high", "close"),
    timeframes=INTRADAY_AND_DAILY,
)
