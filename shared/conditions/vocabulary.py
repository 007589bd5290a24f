"""The columns that a condition may name: those of every kind of indicator, with all valid parameters.

``make docs`` generates ``vocabulary.json`` from the kinds (``services/analysis/documents/vocabulary.py``). It may refuse parameters
that a kind accepts, never the reverse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from shared.conditions.errors import ConditionError

_VALUE: Final = r"(\d{1,9}(?:\.\d{1,9})?)"
_PLACE: Final = re.compile(r"\{(\w+)\}")
_SUFFIX: Final = re.compile(r"_?\{\w+\}")


class Parameter(msgspec.Struct, frozen=True):
    """The bounds of a parameter."""

    name: str
    least: float
    most: float
    whole: bool


class ParameterOrder(msgspec.Struct, frozen=True):
    """``lower`` must be less than ``higher``; if not ``strict``, they may be equal."""

    lower: str
    higher: str
    strict: bool


class ParameterSum(msgspec.Struct, frozen=True):
    """Two numbers of bars that are at most ``most`` together."""

    first: str
    second: str
    most: float


class IndicatorColumns(msgspec.Struct, frozen=True):
    """The columns of one kind of indicator, and its parameters."""

    kind: str
    parameters: tuple[Parameter, ...]
    usual: tuple[float, ...]
    """The parameters of the columns with ``short`` names."""
    columns: tuple[str, ...]
    """Templates of the names, with ``{parameter}`` in them."""
    short: tuple[str, ...] = ()
    orders: tuple[ParameterOrder, ...] = ()
    sums: tuple[ParameterSum, ...] = ()
    running: tuple[tuple[float, ...], ...] = ()
    """Parameters that are always computed."""

    def column(self, index: int, values: tuple[float, ...]) -> str:
        """The canonical name of the column at an index of ``columns``."""
        if self.short and values == self.usual:
            return self.short[index]
        return self.full_name(index, values)

    def full_name(self, index: int, values: tuple[float, ...]) -> str:
        """The name of the column with all its parameters."""
        return self.columns[index].format(**{p.name: f"{v:g}" for p, v in zip(self.parameters, values, strict=True)})


@dataclass(frozen=True)
class ResolvedColumn:
    """A column name with the indicator and parameters that it stands for."""

    kind: str
    parameters: tuple[float, ...]
    column: str
    """The canonical name, the same for all spellings of a column."""
    running: bool
    """The indicator is always computed."""


@cache
def vocabulary() -> tuple[IndicatorColumns, ...]:
    """The columns of all kinds."""
    text = resources.files("shared.conditions").joinpath("vocabulary.json").read_bytes()
    return msgspec.json.decode(text, type=tuple[IndicatorColumns, ...])


@cache
def stems() -> dict[str, tuple[IndicatorColumns, int]]:
    """Every column by its name without numbers: its indicator, and its index among the columns."""
    return {
        _SUFFIX.sub("", template): (indicator, index)
        for indicator in vocabulary()
        for index, template in enumerate(indicator.columns)
    }


def resolve(name: str) -> ResolvedColumn:
    """The indicator, parameters and canonical name of a column.

    Raises:
        ConditionError: there is no such column, or its parameters are out of bounds; ``text`` is the name alone.

    >>> resolve("rsi_21"), resolve("bb_upper_20_2").column
    (ResolvedColumn(kind='rsi', parameters=(21.0,), column='rsi_21', running=False), 'bb_upper_20')
    """
    short = _short_names().get(name)
    if short is not None:
        return short
    for indicator, index, pattern in _patterns().get(_beginning(name), ()):
        match = pattern.fullmatch(name)
        if match:
            values = tuple(float(value) for value in match.groups())
            _check(name, indicator, values)
            return ResolvedColumn(indicator.kind, values, indicator.column(index, values), values in indicator.running)
    raise ConditionError("name", name, 0, found=name)


def indicator_column(name: str) -> tuple[str, dict[str, str]]:
    """The template of a column and the values in its name. Raises ConditionError as ``resolve``.

    >>> indicator_column("bb_upper_20")
    ('bb_upper_{period}_{width}', {'period': '20', 'width': '2'})
    """
    found = resolve(name)
    for indicator in vocabulary():
        if indicator.kind == found.kind:
            index = next(i for i in range(len(indicator.columns)) if indicator.column(i, found.parameters) == found.column)
            values = zip(indicator.parameters, found.parameters, strict=True)
            return indicator.columns[index], {parameter.name: f"{value:g}" for parameter, value in values}
    raise ConditionError("name", name, 0, found=name)


@cache
def _short_names() -> dict[str, ResolvedColumn]:
    found = {}
    for indicator in vocabulary():
        for column in indicator.short or (() if indicator.parameters else indicator.columns):
            found[column] = ResolvedColumn(indicator.kind, indicator.usual, column, indicator.usual in indicator.running)
    return found


@cache
def _patterns() -> dict[str, list[tuple[IndicatorColumns, int, re.Pattern[str]]]]:
    """The columns with parameters, by what a name of theirs has before its first digit."""
    found: dict[str, list[tuple[IndicatorColumns, int, re.Pattern[str]]]] = {}
    for indicator in vocabulary():
        for index, template in enumerate(indicator.columns if indicator.parameters else ()):
            pattern = re.compile(_PLACE.sub(lambda _: _VALUE, template))
            found.setdefault(_beginning(template.partition("{")[0]), []).append((indicator, index, pattern))
    return found


def _beginning(name: str) -> str:
    return name[: next((i for i, letter in enumerate(name) if letter.isdecimal()), len(name))]


def _check(name: str, indicator: IndicatorColumns, values: tuple[float, ...]) -> None:
    for parameter, value in zip(indicator.parameters, values, strict=True):
        bounds = {"parameter": parameter.name, "least": f"{parameter.least:g}", "most": f"{parameter.most:g}"}
        if parameter.whole and value != int(value):
            raise ConditionError("whole", name, 0, found=name, **bounds)
        if not parameter.least <= value <= parameter.most or float(f"{value:g}") != value:
            raise ConditionError("range", name, 0, found=name, **bounds)
    given = {parameter.name: value for parameter, value in zip(indicator.parameters, values, strict=True)}
    for order in indicator.orders:
        lower, higher = given[order.lower], given[order.higher]
        if lower > higher or (order.strict and lower == higher):
            than = "<" if order.strict else "<="
            raise ConditionError("order", name, 0, found=name, lower=order.lower, than=than, higher=order.higher)
    for both in indicator.sums:
        if given[both.first] + given[both.second] > both.most:
            raise ConditionError("sum", name, 0, found=name, first=both.first, second=both.second, most=f"{both.most:g}")
