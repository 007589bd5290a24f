"""Suggestions for names that are not columns; never another indicator whose name only looks similar."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from shared.conditions.columns import FIELDS, LONGEST, column_of, known_stem, parts, with_numbers
from shared.conditions.errors import ConditionError
from shared.conditions.lexicon import FUNDAMENTALS, NO_DATA, SIDES
from shared.conditions.timeframes import timeframe
from shared.conditions.vocabulary import stems
from shared.spelling import suggest

WRITTEN: Final = {
    "gap": "open / prev_session_close - 1",
    **dict.fromkeys(
        ("change", "return", "returns", "change_percent", "percent_change", "pct_change", "등락률", "수익률"),
        "change_pct(close, 1)",
    ),
    "ohlc_average": "(open + high + low + close) / 4",
    "hlc_average": "(high + low + close) / 3",
    "hl_average": "(high + low) / 2",
    "range": "high - low",
    "body": "abs(close - open)",
    **dict.fromkeys(("relative_volume", "rvol", "rel_volume", "volume_ratio"), "volume / volume_sma_20"),
    **dict.fromkeys(("rs", "relative_strength"), "benchmark.rs_63"),
    **dict.fromkeys(("beta", "베타"), "benchmark.beta_63"),
    **dict.fromkeys(("correlation", "corr", "correl", "상관계수"), "benchmark.correlation_63"),
    **dict.fromkeys(("저점", "전저점"), "lowest(low, 20)"),
    **dict.fromkeys(("고점", "전고점"), "highest(high, 20)"),
    "breadth": "industry.breadth_50",
    "hour": "time",
}
"""Names for what is written as an expression."""
INDEXES: Final = {
    "vix": "^VIX",
    "nasdaq": "^IXIC",
    "dow": "^DJI",
    "spx": "^GSPC",
    "sp500": "^GSPC",
    "ndx": "^NDX",
    "dji": "^DJI",
    "kospi": "^KS11",
    "kosdaq": "^KQ11",
    "코스피": "^KS11",
    "코스닥": "^KQ11",
    "나스닥": "^IXIC",
    "다우": "^DJI",
    "환율": "KRW=X",
    "원달러": "KRW=X",
    "usdkrw": "KRW=X",
    "russell": "^RUT",
    "rut": "^RUT",
}

_PLAIN_AVERAGES: Final = frozenset({"average", "avg", "mean"})
_KEPT: Final = 1024
"""Unknown names whose nearest known one is kept."""
_OTHERS: Final = {**INDEXES, "spy": "SPY", "qqq": "QQQ"}
"""Indexes, and funds that stand for one."""
_ENDINGS: Final = ("", "이", "가", "은", "는", "도", "지수", "지수가", "지수는", "지수도")


def index_of(word: str) -> str:
    """The symbol of the index that a word names, with a particle or without; empty: it names none."""
    return next((_OTHERS[name] for name in (word.removesuffix(each) for each in _ENDINGS) if name in _OTHERS), "")


def name_error(name: str) -> ConditionError:
    """The error for a name that is not a column."""
    if len(name) > LONGEST:
        return ConditionError("name", name, 0, found=name)
    stem, numbers = parts(name)
    stem = stem or name
    for code, words in (("fundamental", FUNDAMENTALS), ("no_data", NO_DATA)):
        if name in words or stem in words:
            return ConditionError(code, name, 0, found=name)
    if stem in WRITTEN and (not numbers or WRITTEN[stem].startswith("benchmark.")):
        return ConditionError("written", name, 0, found=name, example=WRITTEN[stem])
    known = known_stem(stem)
    if known in stems():
        indicator, column = stems()[known]
        usual = indicator.full_name(column, indicator.usual)
        if not numbers and name in _PLAIN_AVERAGES:  # of what is not said: hardly of the close
            return ConditionError("name", name, 0, found=name)
        if not numbers:
            return ConditionError("meant", name, 0, found=name, near=usual)
        return ConditionError("parameters", name, 0, found=name, form=indicator.columns[column], example=usual)
    if name in INDEXES or (not name.isascii() and index_of(name)):
        return ConditionError("elsewhere", name, 0, found=name, example=f"close[{index_of(name)}, 1d]")
    averaged = column_of(name.removesuffix("_signal")) if name.endswith("_signal") else None
    if averaged:  # it has no signal line of its own
        return ConditionError("meant", name, 0, found=name, near=f"sma({averaged}, 9)")
    before, _, frame = name.rpartition("_")
    elsewhere = column_of(before) if timeframe(frame) and frame[0].isdecimal() else None
    if elsewhere:
        return ConditionError("meant", name, 0, found=name, near=f"{elsewhere}[{frame}]")
    if name.startswith("^"):
        return ConditionError("elsewhere", name, 0, found=name.upper(), example=f"close[{name.upper()}, 1d]")
    for code, words in (("fundamental", FUNDAMENTALS), ("no_data", NO_DATA)):
        if any(name.startswith(f"{word}_") for word in words):  # 'premarket_high', 'earnings_date'
            return ConditionError(code, name, 0, found=name)
    if name in SIDES:
        return ConditionError("meant", name, 0, found=name, near=SIDES[name][0])
    near = _nearest(stem)
    meant = near and with_numbers(near, numbers)
    if meant:
        return ConditionError("meant", name, 0, found=name, near=meant)
    return ConditionError("name", name, 0, found=name)


@lru_cache(maxsize=_KEPT)
def _nearest(stem: str) -> str | None:
    near = suggest(stem, (*stems(), *FIELDS))
    return None if near and near[0] != stem[0] and sorted(near) != sorted(stem) else near
