"""The groups of features, by name. ``signals`` are the rules that live runs on the timeframe."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from services.analysis.kernels.groups.strength import SESSIONS
from services.analysis.kernels.plan import plan
from services.analysis.kernels.rules.table import RULES
from services.analysis.research.datasets.calendar_features import CALENDAR
from shared.events import Timeframe

_RULE_NAMES: Final = frozenset(rule.name for rule in RULES)
"""A name that is both a rule and a column, as ``all_time_high``, means the rule."""
GROUPS: Final = MappingProxyType(
    {
        "returns": tuple(f"return_{n} = close / close[{n}] - 1" for n in (1, 2, 5, 10, 20, 60)),
        "volatility": (
            *(f"return_stdev_{n} = stdev(close / close[1] - 1, {n})" for n in (5, 20, 60)),
            "atr_share = atr_14 / close",
            "band_width = bb_width_20",
        ),
        "trend": (
            *(f"sma_{n}_distance = close / sma_{n} - 1" for n in (20, 50, 200)),
            "macd_share = macd / close",
            "macd_hist_share = macd_hist / close",
            "adx_14",
            "di_difference = plus_di_14 - minus_di_14",
            "drawdown_52w",
        ),
        "momentum": ("rsi_14", "stoch_k_14", "stoch_d_14", "band_place = (close - bb_lower_20) / (bb_upper_20 - bb_lower_20)"),
        "volume": ("volume_ratio = volume / volume_sma_20",),
        "candlesticks": tuple(name for name in plan().columns if name.startswith("cdl_")),
        "indicators": tuple(f"{name}_price = 1 * {name}" if name in _RULE_NAMES else name for name in plan().columns),
        "calendar": tuple(CALENDAR),
        "strength": tuple(f"{scope}_strength({n})" for scope in ("relative", "industry") for n in SESSIONS),
        "signals": (),
    }
)
USUAL: Final = ("returns", "volatility", "trend", "momentum", "volume", "calendar", "strength", "signals")
"""Without price levels: those of instruments cannot be compared."""


def signal_names(timeframe: Timeframe) -> tuple[str, ...]:
    """The rules that fire on a timeframe."""
    return tuple(rule.name for rule in RULES if str(timeframe) in rule.timeframes)
