"""The column, bar field or time field that a name stands for, in any of its spellings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from shared.conditions.expression import BAR_FIELDS, TIME_FIELDS
from shared.conditions.problems import ConditionError
from shared.conditions.vocabulary import resolve, stems

LONGEST: Final = 64
"""Characters: longer names are looked up as they are."""
FIELDS: Final = frozenset({*BAR_FIELDS, *TIME_FIELDS})
NUMBERED: Final = frozenset({"sma", "ema", "wma", "dema", "tema", "high", "low", "drawdown"})
"""Names that mean nothing without a number of bars."""
ALIASES: Final = {
    "ma": "sma", "moving_average": "sma", "simple_ma": "sma", "simple_moving_average": "sma", "exp_ma": "ema",
    "exponential_ma": "ema", "exponential_moving_average": "ema", "weighted_ma": "wma", "weighted_moving_average": "wma",
    "relative_strength_index": "rsi", "average_true_range": "atr", "macd_line": "macd", "signal": "macd_signal",
    "macd_histogram": "macd_hist", "histogram": "macd_hist", "hist": "macd_hist",
    "bollinger_upper": "bb_upper", "bollinger_middle": "bb_middle", "bollinger_lower": "bb_lower", "bollinger_width": "bb_width",
    "bbands_upper": "bb_upper", "bbands_middle": "bb_middle", "bbands_lower": "bb_lower", "bb_up": "bb_upper",
    "bb_mid": "bb_middle", "bb_low": "bb_lower", "bb_high": "bb_upper", "bbu": "bb_upper", "bbm": "bb_middle", "bbl": "bb_lower",
    "stoch": "stoch_k", "stochastic": "stoch_k", "stochastic_k": "stoch_k", "stochastic_d": "stoch_d",
    "di_plus": "plus_di", "di_minus": "minus_di", "on_balance_volume": "obv",
    "vol": "volume", "volume_ma": "volume_sma", "vol_sma": "volume_sma", "vol_ma": "volume_sma", "volume_avg": "volume_sma",
    "avg_volume": "volume_sma", "avg_vol": "volume_sma", "average_vol": "volume_sma", "vol_avg": "volume_sma", "average_volume": "volume_sma", "volume_average": "volume_sma",
    "psar": "sar", "parabolic_sar": "sar", "donchian_high": "donchian_upper", "donchian_low": "donchian_lower",
    "ultimate_oscillator": "ultimate", "williams": "williams_r", "mom": "momentum", "rate_of_change": "roc", "ath": "all_time_high",
    "atl": "all_time_low", "52w_high": "high_52w", "52w_low": "low_52w", "52wh": "high_52w", "52wl": "low_52w", "dma": "sma", "avg": "sma", "average": "sma", "bbl_upper": "bb_upper",
    "bb_top": "bb_upper", "bb_bottom": "bb_lower", "bb_basis": "bb_middle", "k": "stoch_k", "d": "stoch_d", "stochk": "stoch_k", "stochd": "stoch_d", "super_trend": "supertrend",
    "conversion_line": "tenkan", "base_line": "kijun", "span_a": "senkou_a", "span_b": "senkou_b", "dc_upper": "donchian_upper", "dc_lower": "donchian_lower",
    "kc_upper": "keltner_upper", "kc_lower": "keltner_lower", "v": "volume", "c": "close", "o": "open", "h": "high", "l": "low", "wpr": "williams_r", "willr": "williams_r", "pdi": "plus_di", "mdi": "minus_di", "bbw": "bb_width", "bb_bandwidth": "bb_width", "macdsignal": "macd_signal", "macdhist": "macd_hist",
    "prev_close": "prev_session_close", "prev_high": "prev_session_high", "prev_low": "prev_session_low", "yesterday_close": "prev_session_close", "yesterday_high": "prev_session_high", "yesterday_low": "prev_session_low",
    "day_high": "session_high", "day_low": "session_low", "closing_price": "close", "hist_vol": "volatility", "minutes_after_open": "minutes_since_open", "day_of_week": "weekday", "dayofweek": "weekday", "price": "close", "last": "close", "ichimoku_tenkan": "tenkan", "ichimoku_kijun": "kijun",
}  # fmt: skip
"""Names of columns and bar fields in other programs, without their numbers."""
_PIECE: Final = re.compile(r"\d+[a-z]+|\d+(?:\.\d+)?|[a-z]+")


def column_of(name: str) -> str | None:
    """The canonical name; of ``rsi`` the one with the usual parameters. None where the name stands for nothing, or needs a number.

    >>> column_of("RSI14".lower()), column_of("ma200"), column_of("upper_bb"), column_of("sma"), column_of("price")
    ('rsi_14', 'sma_200', 'bb_upper_20', None, 'close')
    """
    if name in FIELDS:
        return name
    try:
        return resolve(name).column
    except ConditionError:
        if len(name) > LONGEST:
            return None
    stem, numbers = parts(name)
    known = known_stem(stem)
    if known is None or (known in NUMBERED and not numbers):
        return None
    return with_numbers(known, numbers)


def parts(name: str) -> tuple[str, list[str]]:
    """The words of a name joined by ``_``, and its numbers; 52w is a word."""
    pieces = _PIECE.findall(name)
    numbers = [piece for piece in pieces if piece[-1].isdigit()]
    return "_".join(piece for piece in pieces if not piece[-1].isdigit()), numbers


def known_stem(stem: str) -> str | None:
    """The name without numbers that a stem stands for: an alias, or the same words in another order or written together."""
    if stem in stems() or stem in FIELDS:
        return stem
    return ALIASES.get(stem) or _rearranged().get("".join(sorted(stem.split("_")))) or _joined().get(stem.replace("_", ""))


def places(stem: str) -> int:
    """How many numbers may follow the stem."""
    return len(stems()[stem][0].parameters) if stem in stems() else 0


def with_numbers(stem: str, numbers: Sequence[str]) -> str | None:
    """The column of this stem with these numbers, or with the usual ones if none are given; None if they are invalid."""
    if stem not in stems():
        return stem if stem in FIELDS and not numbers else None
    indicator, index = stems()[stem]
    if not numbers:
        return indicator.column(index, indicator.usual)
    try:
        return resolve("_".join([stem, *numbers])).column
    except ConditionError:
        return None


@cache
def _rearranged() -> dict[str, str]:
    return _once(("".join(sorted(stem.split("_"))), stem) for stem in stems() if "_" in stem)


@cache
def _joined() -> dict[str, str]:
    return _once((stem.replace("_", ""), stem) for stem in stems() if "_" in stem)


def _once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The pairs whose key is unique."""
    found: dict[str, list[str]] = {}
    for key, stem in pairs:
        found.setdefault(key, []).append(stem)
    return {key: names[0] for key, names in found.items() if len(names) == 1}
