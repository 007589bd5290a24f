"""Finding the phrases of the lexicon in pieces of a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Final

from shared.conditions.events import events
from shared.conditions.lexicon import AVERAGES, EXPRESSIONS, NAMES, PERIOD, PHRASES, UNITS, WEEKDAYS
from shared.conditions.lexicon import RULES as RULE_WORDS
from shared.conditions.names import RULES
from shared.conditions.scanning import Piece
from shared.conditions.vocabulary import stems

Meaning = tuple[str, str]
Table = Mapping[tuple[str, ...], list[Meaning]]
_COUNT: Final = re.compile(r"([0-9])(?=[가-힣])")
LONGEST: Final = 8
"""Pieces of a phrase."""


def longest(
    table: Table, pieces: Sequence[Piece], at: int, accepts: Callable[[Meaning, Sequence[Piece]], bool] = lambda *_: True
) -> tuple[Meaning, int] | None:
    """The meaning of the longest phrase that begins at an index, and the index behind it."""
    for size in range(min(LONGEST, len(pieces) - at), 0, -1):
        part = pieces[at : at + size]
        for meaning in table.get(tuple(piece.text for piece in part), ()):
            if accepts(meaning, part):
                return meaning, at + size
    return None


@cache
def phrases() -> Table:
    """All phrases with their meanings."""
    found: dict[tuple[str, ...], list[Meaning]] = {}
    for meaning, text in PHRASES.items():
        _add(found, text.split(" ; "), meaning)
    for name, text in NAMES.items():
        _add(found, text.split(" ; "), ("NAME", name))
    for number, (_, text) in enumerate(WEEKDAYS.items(), 1):
        _add(found, text.split(" ; "), ("WEEKDAY", str(number)))
    for stem in stems():
        _add(found, [stem.replace("_", " ")] if "_" in stem else [], ("NAME", stem))
    for rule in events():
        spaced = rule.replace("_", " ")
        _add(found, [spaced, rule], ("RULE", rule))
        if rule in RULES:
            _add(found, [RULES[rule][1], RULES[rule][1].replace(" ", ""), RULES[rule][0].lower().replace("-", " ")], ("RULE", rule))
    for rule, text in RULE_WORDS.items():
        _add(found, text.split(" ; "), ("RULE" if rule in events() else "RULE_WAY", rule))
    for expression, text in EXPRESSIONS.items():
        _add(found, text.split(" ; "), ("EXPRESSION", expression))
    return found


@cache
def averages() -> Table:
    """What may follow a number of bars."""
    found: dict[tuple[str, ...], list[Meaning]] = {}
    for name, text in AVERAGES.items():
        _add(found, text.split(" ; "), ("NAME", name))
    return found


@cache
def periods() -> Table:
    """``day``, ``-bar``, ``일``: between a number and an average."""
    found: dict[tuple[str, ...], list[Meaning]] = {}
    _add(found, PERIOD.split(" ; "), ("PERIOD", ""))
    return found


@cache
def units() -> Table:
    """What multiplies a number."""
    found: dict[tuple[str, ...], list[Meaning]] = {}
    for factor, text in UNITS.items():
        _add(found, text.split(" ; "), ("UNIT", str(factor)))
    return found


def _add(found: dict[tuple[str, ...], list[Meaning]], texts: Iterable[str], meaning: Meaning) -> None:
    for text in texts:
        key = tuple(_COUNT.sub(r"\1 ", text).split())
        if key and meaning not in found.setdefault(key, []):
            found[key].append(meaning)
