"""Names and calls of functions, as they are typed in this language and in others. All raise ``ConditionError`` without a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from shared.conditions import operations as build
from shared.conditions.columns import NUMBERED, column_of, known_stem, parts, with_numbers
from shared.conditions.comparisons import crossing
from shared.conditions.errors import ConditionError
from shared.conditions.expression import INDUSTRY_FIELDS, RELATIVE_FIELDS, Node, Number, Operation, SeriesName
from shared.conditions.functions import ARITY, DEFAULTS, ONE_BAR, example, known
from shared.conditions.lexicon import FUNCTIONS
from shared.conditions.normal_form import render
from shared.conditions.suggestions import WRITTEN, name_error
from shared.conditions.vocabulary import resolve

_PLACE_FIELDS: Final = frozenset({*INDUSTRY_FIELDS, *RELATIVE_FIELDS})
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LONGEST: Final = 64
"""Characters of the values of a call that may be a column."""
_FRACTIONS: Final = frozenset({"pct_change", "pctchange"})
"""Functions of other programs whose value is a fraction, where the one here is in percent."""
_OF_THE_CLOSE: Final = frozenset({"sma", "ema", "percent_rank"})
"""Functions that are columns of the close."""
_SOURCES: Final = {"close", "volume"}
_PLAIN_WORDS: Final = frozenset({"all", "any", "every", "total", "mean", "offset", "shift", "delay", "increasing", "decreasing"})
"""Names of functions in other programs that without parentheses are only words."""
_BARS_LAST: Final = frozenset(
    {"highest", "lowest", "sum", "sma", "ema", "stdev", "rising", "falling", "change", "change_pct", "percent_rank"}
)
_COUNTS_BELOW_ZERO: Final = frozenset({"ref"})
_OWN_SOURCES: Final = {
    "cci": ("(high + low + close) / 3",),
    "mfi": ("(high + low + close) / 3",),
    "stoch_k": ("close", "high", "low"),
    "atr": ("high", "low", "close"),
}
"""What other programs name first of indicators that are of these values anyway."""
_AVERAGES: Final = frozenset({"sma", "ema"})
_DIGITS: Final = 3
_UNSMOOTHED: Final = ("1", "3")
"""Slowing and signal of a stochastic that is called with its number of bars alone."""


def name_of(name: str, at: int) -> Node:
    """The series that a name stands for."""
    if (name in ARITY or name in FUNCTIONS) and known_stem(name) in NUMBERED:
        raise _unknown(name, at)
    if (name in ARITY or name in FUNCTIONS) and name in WRITTEN:
        raise ConditionError("written", "", at, found=name, example=WRITTEN[name])
    if (name in ARITY and column_of(name) is None) or (
        name in FUNCTIONS and name not in _PLAIN_WORDS and column_of(name) is None and known_stem(name) is None
    ):
        raise ConditionError("call", "", at, found=f"'{name}'", example=example(FUNCTIONS.get(name, name)))
    if name in _PLACE_FIELDS:
        return SeriesName(name, at)
    column = column_of(name)
    if column is not None:
        return SeriesName(column, at)
    averaged = _average_of(name, at)
    if averaged is not None:
        return averaged
    raise _unknown(name, at)


def _average_of(name: str, at: int) -> Node | None:
    """``obv_sma_20``, ``rsi_14_ema_9``: an average of another column."""
    rest, _, bars = name.rpartition("_")
    source, _, average = rest.rpartition("_")
    column = column_of(source) if FUNCTIONS.get(average, average) in _AVERAGES else None
    if column is None or not bars.isdecimal() or len(bars) > _DIGITS:
        return None
    return build.windowed(FUNCTIONS.get(average, average), SeriesName(column, at), Number(float(bars)), at)


def call(name: str, given: Sequence[Node], at: int) -> Node:
    """The value of a function; a call that means a column is the column."""
    column = _column(name, given, at)
    if column is not None:
        return SeriesName(column, at)
    if name in _FRACTIONS:
        if len(given) == 1 and build.bars_of(given[0]) > 0:
            bars = render(given[0])
            raise ConditionError("instead", "", at, found=f"'{name}({bars})'", instead=f"'change_pct(close, {bars})'")
        raise ConditionError("instead", "", at, found=f"'{name}'", instead="'change_pct', which is in percent")
    function = FUNCTIONS.get(name, name)
    if function == "cross" and len(given) == 2:
        raise ConditionError("direction", "", at, example=f"crosses_above({', '.join(map(render, given))})")
    if function not in ARITY:
        raise _no_function(name, given, at)
    values = _completed(function, _ordered(name, function, list(given)))
    if len(values) != ARITY[function] and not (function in {"min", "max"} and len(values) > 2):
        raise ConditionError("arguments", "", at, found=name, wanted=ARITY[function], given=len(given), example=example(function))
    return _applied(function, values, at)


def _ordered(name: str, function: str, values: list[Node]) -> list[Node]:
    """The values in the order of this language: ``max(20, x)`` has the bars first, ``Ref(x, -1)`` counts back below 0."""
    if len(values) != 2:
        return values
    first, second = values
    if function in _BARS_LAST and build.bars_of(first) > 0 and not build.is_constant(second):
        return [second, first]
    if name in _COUNTS_BELOW_ZERO and isinstance(second, Operation) and second.name == "negate":
        return [first, second.operands[0]]
    return values


def _applied(function: str, values: Sequence[Node], at: int) -> Node:
    first = values[0]
    if function == "prev":
        return build.lagged(first, 1, at)
    if function == "lag":
        return build.lagged(first, _lag(values[1]), at)
    if function in {"crosses_above", "crosses_below"}:
        return crossing(function, first, values[1], at)
    if function == "abs":
        return Operation("abs", (build.number(first, function),), at)
    if function == "bars_since":
        return Operation("bars_since", (build.truth(first, function),), at)
    if function in {"min", "max"}:
        return build.largest(function, tuple(values), at)
    return build.windowed(function, first, values[1], at)


def _lag(bars: Node) -> int:
    count = build.bars_of(bars)
    if count < 1:
        raise ConditionError("window", "", bars.at, found=render(bars), sign="lag", most=build.MOST_BARS, example="close[5]")
    return count


def _completed(function: str, values: list[Node]) -> list[Node]:
    """The values with those that may be left out."""
    if len(values) == 1 and function in DEFAULTS and build.bars_of(values[0]) > 0:
        return [SeriesName(DEFAULTS[function], values[0].at), values[0]]
    if len(values) == 2 and function == "prev":
        return [build.lagged(values[0], _lag(values[1]) - 1, values[1].at)]
    if len(values) == 1 and function in ONE_BAR:
        return [values[0], Number(1.0, values[0].at)]
    return values


def _column(function: str, given: Sequence[Node], at: int) -> str | None:
    """The column of ``rsi(14)``, ``sma(close, 20)``, ``bb_upper(20, 2)``, ``ma(volume, 20)``."""
    if FUNCTIONS.get(function, function) in ARITY.keys() - _OF_THE_CLOSE:
        return None  # a function stays one, though a column may have its name
    stem, numbers = parts(function)
    known_name = known_stem(stem)
    values = [render(each) for each in given]
    own = _OWN_SOURCES.get(known_name or "", ())
    if own and tuple(values[: len(own)]) == own:
        raw = known_name == "stoch_k" and len(values) == len(own) + 1
        given, values = given[len(own) :], [*values[len(own) :], *(_UNSMOOTHED if raw else ())]
    if known_name is None or sum(map(len, values)) > _LONGEST or not all(isinstance(each, Number | SeriesName) for each in given):
        return None
    if len(values) > 1 and values[-1] in _SOURCES and values[0] not in _SOURCES:  # rsi(14, close)
        values = [values[-1], *values[:-1]]
    source = values[0] if values and values[0] in _SOURCES else ""
    if source == "volume":
        known_name = "volume_sma" if known_name == "sma" else ""
    if values and not source and not _NUMBER.fullmatch(values[0]):
        return None
    numbers += values[bool(source) :]
    if not all(_NUMBER.fullmatch(number) for number in numbers) or (not numbers and known_name in {"sma", "ema", "wma"}):
        return None
    found = with_numbers(known_name, numbers) if known_name else None
    if found is None and known_name and numbers and (function not in ARITY or len(given) == 1):
        raise _refused(known_name, numbers, given[-1].at if given else at)
    return found


def _refused(stem: str, numbers: Sequence[str], at: int) -> ConditionError:
    name = "_".join([stem, *numbers])
    try:
        resolve(name)
    except ConditionError as error:
        found = name_error(name) if error.code == "name" else error
        return ConditionError(found.code, "", at, **found.values)
    return ConditionError("name", "", at, found=name)


def _no_function(name: str, given: Sequence[Node], at: int) -> ConditionError:
    if name == "slope" and given:  # its sign is that of the change
        raise ConditionError("instead", "", at, found="'slope'", instead="'change'")
    error = name_error(name)
    if error.code == "meant" and not given:
        return ConditionError("instead", "", at, found=f"'{name}()'", instead=f"'{error.values['near']}'")
    column = known_stem(parts(name)[0])
    if column and given:
        return ConditionError(
            "of_close", "", at, found=f"{name}({render(given[0])[:24]}, ...)", example=with_numbers(column, []) or column
        )
    return ConditionError("function", "", at, found=f"'{name[:24]}'", known=known())


def _unknown(name: str, at: int) -> ConditionError:
    try:
        resolve(name)
    except ConditionError as error:
        found = name_error(name) if error.code == "name" else error
        return ConditionError(found.code, "", at, **found.values)
    return ConditionError("name", "", at, found=name)
