"""Timeframes and numbers of bars among the items."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.items import Item
from shared.conditions.timeframes import is_unit, unit_of
from shared.events import Timeframe

COUNTS: Final = frozenset({"HELD", "WITHIN", "AGO", "BACK"})
"""Items with a number of bars."""


def place_timeframes(items: list[Item]) -> list[Item]:
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


def repetitions(items: list[Item]) -> list[Item]:
    """``3 green candles``: a number before a condition in words is a duration."""
    found: list[Item] = []
    for i, item in enumerate(items):
        behind = items[i + 1] if i + 1 < len(items) else None
        words = behind is not None and behind.type == "OPEN" and not behind.value
        found.append(
            replace(item, type="HELD", value=f"{item.value} ") if item.type == "NUMBER" and words and item.value.isdigit() else item
        )
    return found


def durations(items: list[Item]) -> list[Item]:
    """Bars, counted in bars or in the unit of the timeframe; a trend with the number of its bars."""
    frame = _own(items)
    counted = [replace(item, value=str(_bars(item, frame))) if item.type in COUNTS else item for item in items]
    found: list[Item] = []
    for item in counted:
        last = found[-1] if found else None
        if item.type == "HELD" and last is not None and last.type == "TREND" and last.value.endswith(" 1"):
            found[-1] = replace(last, value=f"{last.value.partition(' ')[0]} {item.value}")
        elif item.type == "TREND":
            bars = found.pop().value if last is not None and last.type == "HELD" else "1"
            found.append(replace(item, value=f"{item.value} {bars}"))
        else:
            found.append(item)
    return found


def _own(items: list[Item]) -> Timeframe:
    """The timeframe of the whole; daily where there is none, or none that exists, which the parser refuses."""
    named = [item for i, item in enumerate(items) if item.type == "TIMEFRAME" and items[i - 1].type == "ON_ALL"]
    try:
        return Timeframe(named[0].value) if named else Timeframe.D1
    except ValueError:
        return Timeframe.D1


def _bars(item: Item, frame: Timeframe) -> int:
    count, _, unit = item.value.partition(" ")
    if unit and not (is_unit(unit, unit_of(frame)) and frame.startswith("1")):
        raise ConditionError("unit", "", item.at, found=f"{count} {unit}", frame=frame.word, example=f"{count} bars")
    return int(count)
