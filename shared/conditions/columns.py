"""The column, bar field or time field that a name stands for, in any of its spellings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.expression import BAR_FIELDS, TIME_FIELDS
from shared.conditions.lexicon import COLUMNS
from shared.conditions.vocabulary import resolve, stems

LONGEST: Final = 64
"""Characters: longer names are looked up as they are."""
FIELDS: Final = frozenset({*BAR_FIELDS, *TIME_FIELDS})
NUMBERED: Final = frozenset({"sma", "ema", "wma", "dema", "tema", "hma", "vwma", "rma", "high", "low", "drawdown"})
"""Names that mean nothing without a number of bars."""
_KEPT: Final = 4096
"""Names whose meaning is kept."""
_PIECE: Final = re.compile(r"\d+[a-z]+|\d+(?:\.\d+)?|[a-z]+")


@lru_cache(maxsize=_KEPT)
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
    if known in FIELDS and not numbers:
        return known
    if known is None or (known in NUMBERED and not numbers):
        return None
    return with_numbers(known, numbers)


def parts(name: str) -> tuple[str, list[str]]:
    """The words of a name joined by ``_``, and its numbers; 52w is a word."""
    pieces = _PIECE.findall(name)
    numbers = [piece for piece in pieces if piece[-1].isdecimal()]
    return "_".join(piece for piece in pieces if not piece[-1].isdecimal()), numbers


@lru_cache(maxsize=_KEPT)
def known_stem(stem: str) -> str | None:
    """The name without numbers that a stem stands for: an alias, or the same words in another order or written together."""
    if stem in stems() or stem in FIELDS:
        return stem
    return COLUMNS.get(stem) or _rearranged().get("".join(sorted(stem.split("_")))) or _joined().get(stem.replace("_", ""))


def camel_case(typed: str, name: str) -> str:
    """``macdLine`` as ``macd_line`` where that is a column, else the name as it is.

    >>> camel_case("signalLine", "signalline"), camel_case("fooBar", "foobar")
    ('signal_line', 'foobar')
    """
    apart = "".join(f"_{each}" if i and each.isupper() and typed[i - 1].islower() else each for i, each in enumerate(typed)).lower()
    return apart if apart != name and column_of(apart) else name


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
