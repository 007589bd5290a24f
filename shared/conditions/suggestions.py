"""Suggestions for names that are not columns; never another indicator whose name only looks similar."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from shared.conditions.expression import BAR_FIELDS
from shared.conditions.problems import ConditionError
from shared.conditions.vocabulary import IndicatorColumns, resolve, vocabulary
from shared.spelling import suggest

LONGEST: Final = 64
"""Characters: longer names get no suggestion."""
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
    "avg_volume": "volume_sma", "average_volume": "volume_sma", "volume_average": "volume_sma",
    "psar": "sar", "parabolic_sar": "sar", "donchian_high": "donchian_upper", "donchian_low": "donchian_lower",
    "ultimate_oscillator": "ultimate", "williams": "williams_r", "mom": "momentum", "rate_of_change": "roc", "ath": "all_time_high",
    "atl": "all_time_low", "price": "close", "last": "close", "ichimoku_tenkan": "tenkan", "ichimoku_kijun": "kijun",
    "hull": "hma", "hull_ma": "hma", "hull_moving_average": "hma", "smma": "rma", "smoothed_moving_average": "rma",
    "volume_weighted_moving_average": "vwma", "mcginley_dynamic": "mcginley", "stochrsi": "stoch_rsi_k",
    "stoch_rsi": "stoch_rsi_k", "stochastic_rsi": "stoch_rsi_k", "ao": "awesome", "awesome_oscillator": "awesome",
    "accelerator_oscillator": "accelerator", "true_strength_index": "tsi", "schaff": "stc", "schaff_trend_cycle": "stc",
    "fisher_transform": "fisher", "crsi": "connors_rsi", "coppock_curve": "coppock", "know_sure_thing": "kst",
    "detrended_price_oscillator": "dpo", "relative_vigor_index": "rvi", "chande_momentum": "cmo_sum", "chaikin_money_flow": "cmf",
    "kvo": "klinger", "klinger_oscillator": "klinger", "efi": "force_index", "force": "force_index", "emv": "eom",
    "ease_of_movement": "eom", "vosc": "volume_oscillator", "chop": "choppiness", "choppiness_index": "choppiness",
    "vi_plus": "vortex_plus", "vi_minus": "vortex_minus", "atr_trailing_stop": "atr_stop", "jaw": "alligator_jaw",
    "teeth": "alligator_teeth", "lips": "alligator_lips", "ulcer_index": "ulcer", "hurst_exponent": "hurst",
    "linear_regression": "linreg", "lsma": "linreg", "linear_regression_slope": "linreg_slope", "r_squared": "linreg_r_squared",
    "stddev": "stdev", "std": "stdev", "standard_deviation": "stdev", "z_score": "zscore", "percentrank": "percent_rank",
    "percentile_rank": "percent_rank", "kumo_top": "cloud_top", "kumo_bottom": "cloud_bottom", "ichimoku_cloud_top": "cloud_top",
    "ichimoku_cloud_bottom": "cloud_bottom", "heikin_ashi_open": "ha_open", "heikin_ashi_high": "ha_high",
    "heikin_ashi_low": "ha_low", "heikin_ashi_close": "ha_close", "weekly_vwap": "vwap_week", "monthly_vwap": "vwap_month",
    "anchored_vwap": "vwap_date", "vwap_upper": "vwap_session_upper", "vwap_lower": "vwap_session_lower",
}  # fmt: skip
"""Names of columns and bar fields in other programs, without their numbers."""
_PIECE: Final = re.compile(r"\d+[a-z]+|\d+(?:\.\d+)?|[a-z]+")
_PLACE: Final = re.compile(r"_?\{\w+\}")


def name_error(name: str) -> ConditionError:
    """The error for a name that is not a column: wrong parameters, a suggestion, or unknown."""
    if len(name) <= LONGEST:
        stem, numbers = _parts(name)
        known = _stems().get(stem)
        if known is not None and numbers and _column(stem, numbers) is None:
            indicator, column = known
            usual = indicator.full_name(column, indicator.usual)
            return ConditionError("parameters", name, 0, found=name, form=indicator.columns[column], example=usual)
        for near in _candidates(stem):
            if column_name := _column(near, numbers):
                return ConditionError("meant", name, 0, found=name, near=column_name)
    return ConditionError("name", name, 0, found=name)


def column_for_call(function: str, arguments: Sequence[str]) -> str | None:
    """The column for a function call as in other languages: ``rsi(14)``, ``sma(close, 20)``, ``ma(volume, 20)``."""
    if sum(map(len, arguments)) > LONGEST:
        return None
    source = arguments[0] if arguments and arguments[0] in {"close", "volume"} else ""
    stem, numbers = _parts(f"volume_{function}" if source == "volume" else function)
    numbers += arguments[bool(source) :]
    if not all(re.fullmatch(r"\d+(\.\d+)?", number) for number in numbers):
        return None
    return next((column for near in (stem, *_candidates(stem)) if (column := _column(near, numbers))), None)


def _parts(name: str) -> tuple[str, list[str]]:
    """The words of a name joined by ``_``, and its numbers; 52w is a word."""
    pieces = _PIECE.findall(name)
    numbers = [piece for piece in pieces if piece[-1].isdigit()]
    return "_".join(piece for piece in pieces if not piece[-1].isdigit()), numbers


def _candidates(stem: str) -> Iterator[str]:
    if stem in _stems() or stem in BAR_FIELDS:
        yield stem
        return
    alias = ALIASES.get(stem)
    near = alias or suggest(stem, (*_stems(), *BAR_FIELDS))
    if near:
        yield near


def _column(stem: str, numbers: Sequence[str]) -> str | None:
    """The column of this stem with these numbers, or with the usual ones if none are given; None if they are invalid."""
    if stem in BAR_FIELDS:
        return stem if not numbers else None
    if stem not in _stems():
        return None
    indicator, index = _stems()[stem]
    if not numbers:
        return indicator.column(index, indicator.usual)
    try:
        return resolve("_".join([stem, *numbers])).column
    except ConditionError:
        return None


@cache
def _stems() -> dict[str, tuple[IndicatorColumns, int]]:
    """Every column by its name without numbers."""
    return {
        _PLACE.sub("", template): (indicator, index)
        for indicator in vocabulary()
        for index, template in enumerate(indicator.columns)
    }
