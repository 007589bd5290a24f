"""Numbers that mean something only beside another value: percents, times of day, weekdays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.expression import Node, Number, Operation, SeriesName, walk
from shared.conditions.vocabulary import resolve

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_MINUTES: Final = 24 * 60
_PERCENT_KINDS: Final = frozenset(
    {"rsi", "stochastic", "adx", "aroon", "mfi", "williams_r", "roc", "trix", "ultimate", "cmo", "stoch_rsi", "percent_rank"}
)
"""Indicators in percent; beside them 30% is 30."""
_PRICE_KINDS: Final = frozenset(
    {
        *(
            "sma",
            "ema",
            "wma",
            "tema",
            "kama",
            "rma",
            "hma",
            "vwma",
            "alma",
            "t3",
            "mcginley",
            "linreg",
            "linreg_channel",
            "alligator",
        ),
        *("bollinger", "keltner", "donchian", "vwap", "vwap_session", "vwap_week", "vwap_month", "vwap_date", "ichimoku", "pivots"),
        *("ichimoku_cloud", "sar", "supertrend", "chandelier", "chande_kroll", "atr_stop", "heikin_ashi", "fractals", "zigzag"),
        *("session", "extremes", "all_time", "year", "volume_profile"),
    }
)
"""Indicators that are prices."""
_NO_PRICES: Final = ("bb_width", "drawdown", "_direction", "slope", "r_squared")
"""Columns of these kinds that are none."""
PRICES: Final = frozenset({"open", "high", "low", "close", "volume"})


@dataclass(frozen=True)
class Percent(Number):
    """``3%``; the value is 3."""


@dataclass(frozen=True)
class Clock(Number):
    """``10:30``; the value is in minutes since midnight."""


@dataclass(frozen=True)
class Weekday(Number):
    """``friday``; the value is 5."""


def clock(text: str, at: int) -> Clock:
    """A time of day. Raises ConditionError."""
    hours, minutes = map(int, text.split(":"))
    if hours > 24 or minutes > 59 or 60 * hours + minutes > DAY_MINUTES:
        raise ConditionError("clock", "", at, found=text)
    return Clock(60.0 * hours + minutes, at)


def plain(node: Node, beside: Node | None = None) -> Node:
    """The node without literals; ``beside``: what it is compared with.

    Raises:
        ConditionError: a literal does not fit what stands beside it; without a text.
    """
    if isinstance(node, Percent):
        if beside is not None and _is_in_percent(beside):
            return signed(node.value, node.at)
        if isinstance(beside, SeriesName) and (beside.name in PRICES or is_price(beside.name) or beside.name.startswith("atr_")):
            if beside.name.startswith("atr_"):
                part = f"{fraction(node.value):g} * close"
                raise ConditionError("instead", "", node.at, found=f"'{node.value:g}%'", instead=f"'{part}'")
            raise ConditionError("percent", "", node.at, found=f"{node.value:g}%", series=beside.name)
        return signed(fraction(node.value), node.at)
    if isinstance(node, Clock | Weekday):
        wanted = "time" if isinstance(node, Clock) else "weekday"
        if beside is None or not any(isinstance(each, SeriesName) and each.name == wanted for each in walk(beside)):
            raise ConditionError("beside", "", node.at, found=shown(wanted, node.value), series=wanted)
        return Number(node.value, node.at)
    return node


def is_price(name: str) -> bool:
    """Whether a column is a price, with which the close can be compared."""
    return kind_of(name) in _PRICE_KINDS and not any(word in name for word in _NO_PRICES)


def is_candlestick(name: str) -> bool:
    """Whether a column says that a candlestick is completed: 1 or -1, else 0."""
    return kind_of(name) in {"candlesticks", "more_candlesticks"}


def kind_of(name: str) -> str:
    """The kind of indicator that a column is of; empty for fields."""
    try:
        return resolve(name).kind
    except ConditionError:
        return ""


def signed(value: float, at: int) -> Node:
    """A number that may be negative."""
    return Operation("negate", (Number(-value, at),), at) if value < 0 else Number(value, at)


def fraction(percent: float) -> float:
    """A percentage as a fraction, without the rounding error of a division: 7 is 0.07."""
    return float(f"{percent / 100:.15g}")


def shown(series: str, value: float) -> str:
    """A number beside ``time`` or ``weekday`` as a literal; empty if it is none."""
    if value != int(value):
        return ""
    if series == "time" and 0 <= value <= DAY_MINUTES:
        return f"{int(value) // 60:02}:{int(value) % 60:02}"
    return WEEKDAYS[int(value) - 1] if series == "weekday" and 1 <= value <= len(WEEKDAYS) else ""


def _is_in_percent(node: Node) -> bool:
    """Whether some value in it is in percent."""
    for each in walk(node):
        if isinstance(each, Operation) and each.name in {"change_pct", "percent_rank"}:
            return True
        if isinstance(each, SeriesName) and kind_of(each.name) in _PERCENT_KINDS:
            return True
    return False
