"""Lists of averages that share one comparison: ``종가가 5일선, 20일선 위``, ``price above the 20, 50 and 200 day sma``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.conditions.items import Item

_AFTER: Final = frozenset({"COMPARE_AFTER", "CROSS_AFTER"})
_BEFORE: Final = frozenset({"COMPARE", "CROSS"})
_JOINS: Final = frozenset({"과", "와"})
_CLAUSE_ENDS: Final = frozenset({"AND", "OR", "ON"})
_AVERAGES: Final = ("sma", "ema", "wma")
_FEWEST: Final = 2
AND: Final = Item("AND", "and", 0, "", korean=True)


def lists(items: Sequence[Item]) -> list[Item]:
    """The items with a comparison of its own for each average of a list."""
    found: list[Item] = []
    for i, item in enumerate(items):
        behind = items[i + 1].type if i + 1 < len(items) else "ON"
        if item.type in _AFTER:
            _distribute(found, item)
        elif item.type in {"NAME", "DAYS"} and behind in _CLAUSE_ENDS and found and found[-1].type in {"AND", "NAME", "NUMBER"}:
            _number(found, item)
        found.append(item)
    return found


def _distribute(found: list[Item], relation: Item) -> None:
    """``5일선, 20일선 위``: the relation, and the value before the list, for each of its averages but the last."""
    start = len(found) - 1
    _average_numbers(found, start, relation)
    while start >= _FEWEST and _is_average(found[start]) and _joins(found[start - 1], relation) and _is_average(found[start - 2]):
        start -= 2
    averages = [each for each in found[start:] if _is_average(each)]
    if len(averages) < _FEWEST:
        return
    subject = found[start - 2 : start] if start >= _FEWEST and found[start - 1].type == "SUBJECT" else []
    if not subject and start >= 1 and found[start - 1].type == "NAME":
        subject = found[start - 1 : start]
    if not subject and start >= 1 and found[start - 1].type not in {"AND", "OR"}:
        return
    del found[start - len(subject) :]
    for n, average in enumerate(averages):
        found += [*([replace(AND, at=average.at)] if n else []), *subject, average, *([relation] if n < len(averages) - 1 else [])]


def _average_numbers(found: list[Item], last: int, relation: Item) -> None:
    """``5,20,60일선 위``: the numbers before an average are averages of the same kind."""
    if last < 0 or not _is_average(found[last]):
        return
    stem = found[last].value.partition("_")[0]
    at = last - _FEWEST
    while at >= 0 and _joins(found[at + 1], relation) and found[at].type == "NUMBER" and found[at].value.isdecimal():
        found[at] = replace(found[at], type="NAME", value=f"{stem}_{found[at].value}")
        at -= _FEWEST


def _number(found: list[Item], last: Item) -> None:
    """``above the 20, 50 and 200 day sma``: numbers before an average are averages of the same kind."""
    named = found[-1] if last.type == "DAYS" else last
    at = len(found) - (2 if last.type == "DAYS" else 1)
    if not _is_average(named) or at < 0 or found[at].type not in {"AND", "NUMBER"}:
        return
    at += found[at].type == "NUMBER"  # '20 50 200 sma'
    start = at
    while start >= 1 and (found[start - 1].type == "AND" or found[start - 1].value.isdecimal()):
        start -= 1
    start -= 1
    if start < 0 or start >= at - 1 or found[start].type not in _BEFORE:
        return
    if start and found[start - 1].value not in {"close", "price"} and found[start - 1].type not in _CLAUSE_ENDS:
        return
    stem, days = named.value.partition("_")[0], [last] if last.type == "DAYS" else []
    numbers = [replace(each, type="NAME", value=f"{stem}_{each.value}") for each in found[start + 1 : at] if each.type == "NUMBER"]
    rest = found[at:]
    del found[start + 1 :]
    for n, each in enumerate(numbers):
        found += [*([replace(AND, at=each.at)] if n else []), each, *days]
    found += rest if rest and rest[0].type == "AND" else [replace(AND, at=last.at), *rest]


def _joins(item: Item, relation: Item) -> bool:
    return item.type == "AND" or (item.type == "SUBJECT" and item.shown in _JOINS and relation.type == "COMPARE_AFTER")


def _is_average(item: Item) -> bool:
    stem, _, bars = item.value.partition("_")
    return item.type == "NAME" and stem in _AVERAGES and bars.isdecimal()
