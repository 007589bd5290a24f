"""Arranging items for the grammar: particles that decide nothing go, and what people leave out is added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from shared.conditions.items import OPERAND_ENDS, OPERAND_STARTS, Item
from shared.conditions.problems import ConditionError
from shared.conditions.timeframes import is_unit, spelled, unit_of
from shared.events import Timeframe

_COUNTS: Final = frozenset({"HELD", "WITHIN", "AGO", "BACK"})
_LOOK_BACK: Final = 12
"""Items before ``사이`` among which its two values are."""


def arrange(items: list[Item]) -> list[Item]:
    """The tokens of the grammar.

    Raises:
        ConditionError: a duration is counted in another unit than the bars are; without a text.
    """
    items = _timeframes(_repeated(items))
    items = _durations(items)
    items = _percents(items)
    items = _between(items)
    items = _connectives(items)
    return _particles(items)


def _repeated(items: list[Item]) -> list[Item]:
    """``3 green candles``: a number before a condition in words is a duration."""
    found: list[Item] = []
    for i, item in enumerate(items):
        behind = items[i + 1] if i + 1 < len(items) else None
        words = behind is not None and behind.type == "OPEN" and not behind.value
        found.append(
            replace(item, type="HELD", value=f"{item.value} ") if item.type == "NUMBER" and words and item.value.isdigit() else item
        )
    return found


def _timeframes(items: list[Item]) -> list[Item]:
    """A timeframe of the whole stands last; one in the middle belongs to what is before or behind it."""
    ons = [i for i, item in enumerate(items) if item.type == "ON"]
    frames = [i for i, item in enumerate(items) if item.type in {"FRAME", "FRAME_WHOLE"}]
    last = ons[-1:] == [len(items) - 2] and len(ons) == 1
    if last:
        items = [replace(item, type="ON_ALL") if i == ons[0] else item for i, item in enumerate(items)]
    whole = [i for i in frames if items[i].type == "FRAME_WHOLE" or (i == 0 and len(frames) == 1)]
    if whole and not ons:
        frame = items[whole[0]]
        rest = [item for i, item in enumerate(items) if i != whole[0]]
        items = [*rest, Item("ON_ALL", "on", frame.at, frame.shown), replace(frame, type="TIMEFRAME")]
    return [replace(item, type="FRAME") if item.type == "FRAME_WHOLE" else item for item in items]


def _durations(items: list[Item]) -> list[Item]:
    """Bars, counted in bars or in the unit of the timeframe; a trend with the number of its bars."""
    named = [item for i, item in enumerate(items) if item.type == "TIMEFRAME" and items[i - 1].type == "ON_ALL"]
    try:
        frame = Timeframe(named[0].value) if named else Timeframe.D1
    except ValueError:  # the parser refuses it
        frame = Timeframe.D1
    found: list[Item] = []
    for item in items:
        if item.type not in _COUNTS:
            found.append(item)
            continue
        count, _, unit = item.value.partition(" ")
        if unit and not (is_unit(unit, unit_of(frame)) and (frame.startswith("1") or unit_of(frame) == "day")):
            raise ConditionError("unit", "", item.at, found=f"{count} {unit}", frame=spelled(frame), example=f"{count} bars")
        item = replace(item, value=count)
        if item.type == "HELD" and found and found[-1].type == "TREND" and not found[-1].shown.startswith("#"):
            found[-1] = replace(found[-1], shown="#", value=f"{found[-1].value} {count}")
        else:
            found.append(item)
    merged: list[Item] = []
    for item in found:
        if item.type == "TREND":
            value = item.value if " " in item.value else f"{item.value} 1"
            if merged and merged[-1].type == "HELD":
                value = f"{item.value.partition(' ')[0]} {merged.pop().value}"
            merged.append(replace(item, value=value))
        else:
            merged.append(item)
    return merged


def _percents(items: list[Item]) -> list[Item]:
    """``3%``, ``200% of x``, ``3% above x``, ``within 2% of x``."""
    found: list[Item] = []
    i = 0
    while i < len(items):
        item = items[i]
        following = items[i + 1 : i + 3]
        if item.type == "NUMBER" and following and following[0].type == "PERCENT_SIGN":
            item, i = replace(item, type="PERCENT"), i + 1
            following = items[i + 1 : i + 3]
            behind = following[0] if following else None
            if behind and behind.type == "NAME" and behind.value == "of":
                if found and found[-1].value in {"within", "is within", "between"} and found[-1].type in {"BETWEEN", "NAME"}:
                    found[-1] = Item("NEAR", item.value, found[-1].at, found[-1].shown)
                else:
                    found += [item, Item("TIMES", "*", behind.at, behind.shown)]
                i += 2
                continue
            if (
                behind
                and behind.type == "COMPARE"
                and behind.value in {"<", ">"}
                and len(following) > 1
                and not following[1].type.startswith("NUMBER")
            ):
                sign = found.pop() if found and found[-1].type == "COMPARE" and found[-1].shown != "is not" else None
                sure = sign.value if sign and sign.value in {">=", "<="} else ">"
                value = ("<" if behind.value == "<" else ">") + ("=" if "=" in sure else "")
                part = Decimal(item.value) / 100 * (1 if behind.value == ">" else -1)
                found += [
                    Item("COMPARE", value, behind.at, behind.shown),
                    Item("NUMBER", f"{1 + part:f}", item.at, item.shown),
                    Item("TIMES", "*", behind.at, behind.shown),
                ]
                i += 2
                continue
        if item.type == "MOVED" and found and found[-1].type == "THAN_BEFORE":
            found.pop()
        if item.type == "TREND" and len(found) > 1 and found[-1].type == "COMPARE_AFTER" and found[-2].type == "PERCENT":
            if len(found) > 2 and found[-3].type == "THAN_BEFORE":
                found.pop(-3)
            found[-2:] = [
                Item("MOVED", f"{item.value.split()[0]} {found[-1].value} {found[-2].value}", found[-2].at, found[-2].shown)
            ]
            i += 1
            continue
        if item.type == "TREND" and found and found[-1].type == "PERCENT":
            if len(found) > 1 and found[-2].type == "THAN_BEFORE":
                found.pop(-2)
            found[-1:] = [Item("MOVED", f"{item.value.split()[0]} >= {found[-1].value}", found[-1].at, found[-1].shown)]
            i += 1
            continue
        found.append(item)
        i += 1
    return found


def _between(items: list[Item]) -> list[Item]:
    """``30에서 70 사이``, ``30과 70 사이``: what divides the two values."""
    found = list(items)
    for end, item in enumerate(items):
        if item.type != "BETWEEN_AFTER" or any(each.type == "TO" for each in found[max(0, end - 3) : end]):
            continue
        for i in range(end - 1, max(-1, end - _LOOK_BACK), -1):
            if found[i].type == "FROM" or (found[i].type == "SUBJECT" and found[i].shown in {"과", "와"}):
                found[i] = replace(found[i], type="TO")
                break
    return _ranges(found)


def _ranges(items: list[Item]) -> list[Item]:
    """``30~70`` needs no word behind it."""
    found: list[Item] = []
    for i, item in enumerate(items):
        found.append(item)
        ranged = i >= 1 and items[i - 1].type == "TO" and items[i - 1].value == "~"
        if ranged and not (i + 1 < len(items) and items[i + 1].type == "BETWEEN_AFTER"):
            found.append(Item("BETWEEN_AFTER", "~", item.at, item.shown))
    return found


def _connectives(items: list[Item]) -> list[Item]:
    """``이고 그리고`` is one ``and``."""
    found: list[Item] = []
    for item in items:
        if item.type in {"AND", "OR"} and found and found[-1].type == item.type and (item.korean or found[-1].korean):
            continue
        found.append(item)
    return found


def _particles(items: list[Item]) -> list[Item]:
    found: list[Item] = []
    for i, item in enumerate(items):
        behind = items[i + 1] if i + 1 < len(items) else None
        if item.type in {"SUBJECT", "THAN", "FROM"}:
            if not found or found[-1].type not in OPERAND_ENDS or item.type == "FROM" or not _opens(items, i + 1):
                continue
            if item.type == "THAN" and any(each.type == "SUBJECT" for each in _clause(found)):
                continue
        elif item.type == "GOLDEN":
            crossing = any(each.type == "SUBJECT" for each in _clause(found)) and found[-1].type in OPERAND_ENDS
            value = "crosses_above" if item.value == "golden_cross" else "crosses_below"
            item = replace(item, type="CROSS_AFTER", value=value) if crossing else replace(item, type="RULE")
        elif item.type in OPERAND_STARTS and found and found[-1].type in OPERAND_ENDS and not _continues(found[-1], item):
            found.append(Item("SUBJECT", "", item.at, item.shown))
        if item.type == "TREND" and found and found[-1].type == "SUBJECT":
            found.pop()
        found.append(item)
        if behind is None:
            break
    return found


def _opens(items: Sequence[Item], at: int) -> bool:
    """Whether a value follows, perhaps behind a duration."""
    rest = items[at : at + 2]
    if rest and rest[0].type in {"HELD", "WITHIN"}:
        rest = rest[1:]
    return bool(rest) and rest[0].type in (OPERAND_STARTS | {"MINUS", "MOVED"}) and not (rest[0].type == "MOVED")


def _continues(last: Item, item: Item) -> bool:
    return item.type == "OPEN" and last.type == "NAME"


def _clause(found: Sequence[Item]) -> list[Item]:
    """The items since the last connective."""
    start = next((i for i in range(len(found) - 1, -1, -1) if found[i].type in {"AND", "OR", "NOT"}), -1)
    return list(found[start + 1 :])
