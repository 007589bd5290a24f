"""The columns that a condition may name: those of every kind of indicator, with any parameters that the kind can work with.

``vocabulary.json`` is made from the kinds themselves by ``make docs`` (``services/analysis/documents/vocabulary.py``). It may
refuse what a kind would take, never the reverse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from shared.conditions.problems import ConditionError

_VALUE: Final = r"(\d{1,9}(?:\.\d{1,9})?)"
_PLACE: Final = re.compile(r"\{(\w+)\}")


class Parameter(msgspec.Struct, frozen=True):
    """What a parameter may be."""

    name: str
    least: float
    most: float
    whole: bool


class ParameterOrder(msgspec.Struct, frozen=True):
    """One parameter must be less than another; where not ``strict``, they may be equal."""

    lower: str
    higher: str
    strict: bool


class IndicatorColumns(msgspec.Struct, frozen=True):
    """The columns of one kind of indicator."""

    kind: str
    parameters: tuple[Parameter, ...]
    usual: tuple[float, ...]
    """The parameters under which the ``short`` names stand."""
    columns: tuple[str, ...]
    """Names with ``{parameter}`` in them."""
    short: tuple[str, ...] = ()
    orders: tuple[ParameterOrder, ...] = ()
    running: tuple[tuple[float, ...], ...] = ()
    """Parameters that run anyway, whoever asks."""

    def column(self, place: int, values: tuple[float, ...]) -> str:
        """The canonical name of the column at a place."""
        if self.short and values == self.usual:
            return self.short[place]
        return self.spelled(place, values)

    def spelled(self, place: int, values: tuple[float, ...]) -> str:
        """The column's name with all its parameters."""
        return self.columns[place].format(**{p.name: f"{v:g}" for p, v in zip(self.parameters, values, strict=True)})


@dataclass(frozen=True)
class ResolvedColumn:
    """The indicator that a column belongs to."""

    kind: str
    parameters: tuple[float, ...]
    column: str
    """The canonical name: two spellings of one column have the same."""
    running: bool
    """It is computed anyway."""


@cache
def vocabulary() -> tuple[IndicatorColumns, ...]:
    """All kinds."""
    text = resources.files("shared.conditions").joinpath("vocabulary.json").read_bytes()
    return msgspec.json.decode(text, type=tuple[IndicatorColumns, ...])


def resolve(name: str) -> ResolvedColumn:
    """What a column's name stands for.

    Raises:
        ConditionError: it is no column, or its parameters are out of bounds; ``text`` is the name alone.

    >>> resolve("rsi_21"), resolve("bb_upper_20_2").column
    (ResolvedColumn(kind='rsi', parameters=(21.0,), column='rsi_21', running=False), 'bb_upper_20')
    """
    short = _short_names().get(name)
    if short is not None:
        return short
    for words, place, pattern in _patterns():
        match = pattern.fullmatch(name)
        if match:
            values = tuple(float(value) for value in match.groups())
            _check(name, words, values)
            return ResolvedColumn(words.kind, values, words.column(place, values), values in words.running)
    raise ConditionError("name", name, 0, found=name)


@cache
def _short_names() -> dict[str, ResolvedColumn]:
    found = {}
    for words in vocabulary():
        for column in words.short or (() if words.parameters else words.columns):
            found[column] = ResolvedColumn(words.kind, words.usual, column, words.usual in words.running)
    return found


@cache
def _patterns() -> tuple[tuple[IndicatorColumns, int, re.Pattern[str]], ...]:
    return tuple(
        (words, place, re.compile(_PLACE.sub(lambda _: _VALUE, template)))
        for words in vocabulary()
        if words.parameters
        for place, template in enumerate(words.columns)
    )


def _check(name: str, words: IndicatorColumns, values: tuple[float, ...]) -> None:
    for parameter, value in zip(words.parameters, values, strict=True):
        bounds = {"parameter": parameter.name, "least": f"{parameter.least:g}", "most": f"{parameter.most:g}"}
        if parameter.whole and value != int(value):
            raise ConditionError("whole", name, 0, found=name, **bounds)
        if not parameter.least <= value <= parameter.most or float(f"{value:g}") != value:
            raise ConditionError("range", name, 0, found=name, **bounds)
    told = {parameter.name: value for parameter, value in zip(words.parameters, values, strict=True)}
    for order in words.orders:
        lower, higher = told[order.lower], told[order.higher]
        if lower > higher or (order.strict and lower == higher):
            than = "<" if order.strict else "<="
            raise ConditionError("order", name, 0, found=name, lower=order.lower, than=than, higher=order.higher)
