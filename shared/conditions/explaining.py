"""Errors whose right spelling depends on the whole text: names of instruments, and names of what is written as an expression."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.instruments import SYMBOL, of_code, of_instrument, whole_elsewhere
from shared.conditions.literals import WEEKDAYS
from shared.conditions.unknown_data import selecting

_HOURS: Final = re.compile(r"\s{0,9}(<=|>=|==|<|>)\s{0,9}([0-9]{1,2})(?![0-9.:])")
_WAY: Final = re.compile(r"^\s+(?:up|down)(?![A-Za-z0-9_])")
_ARITHMETIC: Final = frozenset("+-*/")
_TIMES: Final = (" of", " times", " twice", "x")
"""Words that multiply what stands behind them."""
_WORD: Final = re.compile(r"[a-zA-Z]+")
_NUMBER_FIRST: Final = frozenset({"unexpected", "unfinished", "constant", "condition"})
_UNKNOWN_DATA: Final = frozenset({"fundamental", "no_data"})
_UNKNOWN_NAMES: Final = frozenset({"name", "no_data"})
_PLACES: Final = ("benchmark.", "industry.")
_MOST: Final = 80
"""Characters of a spelling of the whole text in an error."""


def explained(error: ConditionError, shown: str, accepts: Callable[[str], bool]) -> ConditionError:
    """The error, or a better one. ``shown``: what was typed at its place; ``accepts``: whether a text is a condition."""
    if error.code in _UNKNOWN_NAMES:
        selected = selecting(error, accepts)
        if selected:
            return selected
    if error.code == "name":
        return of_instrument(error, accepts)
    if error.code in _NUMBER_FIRST:
        return of_code(error, accepts)
    if error.code == "meant" and " " in shown:
        return _error(error, "meant", **error.values | {"found": shown})
    if error.code in _UNKNOWN_DATA and shown:
        return _error(error, error.code, found=shown)
    if error.code == "elsewhere":
        return whole_elsewhere(error, accepts)
    if error.code == "written":
        return _written(error, shown, accepts)
    if error.code == "timeframe":
        return _weekday(error)
    if error.code == "direction" and error.values["example"] == "crosses above":
        return _direction(error)
    return error


def _written(error: ConditionError, shown: str, accepts: Callable[[str], bool]) -> ConditionError:
    text, at = error.text, error.position
    found, example = str(error.values["found"]), str(error.values["example"])
    rest = text[at + len(shown or found) :]
    hours = _HOURS.match(rest) if found == "hour" else None
    if found == "hour" and hours is None:
        return _error(error, "written", found=found, example="time >= 10:30")
    if hours:
        example, rest = f"time {hours[1]} {int(hours[2])}:00", rest[hours.end() :]
    place = next((each for each in _PLACES if text[:at].lower().endswith(each)), "")
    if place and example.startswith(_PLACES):
        example = example.partition(".")[2]
    rest = _WAY.sub("", rest)
    if rest.lstrip()[:1] in _ARITHMETIC or text[:at].rstrip()[-1:] in _ARITHMETIC or text[:at].rstrip().endswith(_TIMES):
        example = f"({example})"
    whole = f"{text[:at]}{example}{rest}".strip()
    known = len(whole) <= _MOST and (accepts(whole) or not text[:at].strip())
    return _error(error, "written", found=shown or found, example=whole if known else example)


def _weekday(error: ConditionError) -> ConditionError:
    day = str(error.values["found"]).strip("'").lower().removesuffix("s")
    found = error.text[error.position : error.position + len(str(error.values["found"])) - 2]
    if SYMBOL.fullmatch(found) and len(found) > 1:
        return _error(error, "instead", found=f"'on {found}'", instead=f"'for {found}'")
    if day not in WEEKDAYS:
        return error
    return _error(error, "instead", found=f"'on {day}'", instead=f"'and weekday == {day}'")


def _direction(error: ConditionError) -> ConditionError:
    text, at = error.text, error.position
    word = _WORD.match(text, at)
    end = word.end() if word else at
    verb = "crosses" if word and word[0].lower() == "x" else text[at:end]
    whole = f"{text[:at]}{verb} above{text[end:]}".strip()
    return _error(error, "direction", example=whole if len(whole) <= _MOST else "crosses above")


def _error(error: ConditionError, code: str, **values: object) -> ConditionError:
    return ConditionError(code, error.text, error.position, **values)
