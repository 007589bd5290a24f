"""Timeframes and numbers of bars among the items."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.items import Item
from shared.conditions.periods_before import in_longer_bars
from shared.conditions.timeframes import UNIT_WORDS, is_unit, minutes, timeframe, unit_of
from shared.events import Timeframe

_LAST: Final = {"MOVED": 3, "EXTREME": 1}
"""Items with a number of bars behind so many other words."""
_SESSION: Final = 390
"""Minutes of a session of shares in New York, for the number of bars in an error."""
_MINUTES: Final = {"minute": 1, "hour": 60, "day": _SESSION, "week": 5 * _SESSION, "month": 21 * _SESSION}
_WITHIN_CLAUSE: Final = frozenset(
    {"COMPARE", "CROSS", "BETWEEN", "TREND", "LEVEL", "TURN", "MOVED", "COMPARE_AFTER", "CROSS_AFTER", "SUBJECT", "NEAR"}
)
"""What may not follow a whole condition."""
_CLAUSE_STARTS: Final = frozenset({"AND", "OR", "NOT", "OPEN"})
_OWN_FRAME: Final = frozenset({"BRACKET", "FRAME_AFTER", "DAYS"})
"""What names the timeframe of the value before it."""
_LONG: Final = frozenset({"week", "month"})
COUNTS: Final = frozenset({"HELD", "WITHIN", "AGO", "BACK"})
"""Items with a number of bars."""
_COUNTED: Final = COUNTS | _LAST.keys()


def place_timeframes(items: list[Item]) -> list[Item]:
    """A timeframe of the whole stands last; one in the middle belongs to what is before or behind it."""
    items = _behind_values(_moved_back(items))
    ons = [i for i, item in enumerate(items) if item.type == "ON"]
    frames = [i for i, item in enumerate(items) if item.type in {"FRAME", "FRAME_WHOLE"}]
    last = ons[-1:] == [len(items) - 2] and len(ons) == 1
    if last and _is_of_last_clause(items):
        items, ons = _before_clause(items), []
        frames = [i for i, item in enumerate(items) if item.type == "FRAME"]
    elif last:
        items = [replace(item, type="ON_ALL") if i == ons[0] else item for i, item in enumerate(items)]
    same = frames[:1] == [0] and len({items[i].value for i in frames}) == 1  # 'weekly close > weekly sma(close, 30)'
    whole = [i for i in frames if items[i].type == "FRAME_WHOLE" or (i == 0 and same)]
    if whole and not ons:
        frame = items[whole[0]]
        left_out = frames if same else whole[:1]
        rest = [item for i, item in enumerate(items) if i not in left_out]
        items = [*rest, Item("ON_ALL", "on", frame.at, frame.shown), replace(frame, type="TIMEFRAME")]
    elif not frames and not ons:
        items = _of_move(items)
    else:
        items = _over_clauses(items)
    return [replace(item, type="FRAME") if item.type == "FRAME_WHOLE" else item for item in items]


def _before_clause(items: list[Item]) -> list[Item]:
    """The items with the timeframe at the end at the beginning of the last clause."""
    at = max(i for i, item in enumerate(items) if item.type in {"AND", "OR"}) + 1
    return [*items[:at], replace(items[-1], type="FRAME"), *items[at:-2]]


def _behind_values(items: list[Item]) -> list[Item]:
    """``rsi weekly > 70``: a timeframe between a value and its relation is that of the value."""
    found = list(items)
    for i in range(1, len(found) - 1):
        if found[i].type == "FRAME" and found[i - 1].type == "NAME" and found[i + 1].type in {"COMPARE", "CROSS", "LEVEL", "TREND"}:
            found[i] = replace(found[i], type="FRAME_AFTER")
    last = [item.type for item in found[-2:]] == ["NAME", "FRAME_WHOLE"]
    if last and any(item.type == "FRAME_AFTER" for item in found):  # 'rsi daily < 30 and close weekly > sma_20 weekly'
        found[-1] = replace(found[-1], type="FRAME_AFTER")
    return found


def _is_of_last_clause(items: Sequence[Item]) -> bool:
    """``rsi 1h < 35 and close > ema_200 1d``: a timeframe without ``on``, where each clause before has one of its own."""
    joins = [i for i, item in enumerate(items) if item.type in {"AND", "OR"}]
    begins, ends = [0, *(i + 1 for i in joins)], [*joins, len(items)]
    clauses = [items[begin:end] for begin, end in zip(begins, ends, strict=True)]
    if not joins or items[-2].shown == "on" or _frames(clauses[-1][:-2]):
        return False
    others = [_frames(clause) for clause in clauses[:-1]]
    last = timeframe(items[-1].value)
    return last is not None and all(others) and min(minutes(frame) for each in others for frame in each) < minutes(last)


def _frames(clause: Sequence[Item]) -> list[Timeframe]:
    """The timeframes that values of a clause have."""
    words = [item.value.strip("[] ") for item in clause if item.type in {"FRAME", "FRAME_AFTER", "BRACKET"}]
    return [frame for frame in map(timeframe, words) if frame is not None]


def _over_clauses(items: list[Item]) -> list[Item]:
    """``1d rsi < 35 and 5m macd > signal``: a timeframe at the start of a clause is that of all its values without another one."""
    found: list[Item] = []
    frame: Item | None = None
    depth = 0
    for i, item in enumerate(items):
        before, behind = found[-1].type if found else "AND", items[i + 1].type if i + 1 < len(items) else ""
        depth = max(0, depth + (item.type == "OPEN" and (before == "NAME" or depth > 0)) - (item.type == "CLOSE"))
        if depth == 0 and before in _CLAUSE_STARTS:
            frame = item if item.type == "FRAME" else None
        if frame and depth == 0 and item.type == "NAME" and before != "FRAME" and behind not in _OWN_FRAME:
            found.append(frame)
        found.append(item)
    return found


def _moved_back(items: list[Item]) -> list[Item]:
    """``rsi(14) on 5 min > 80``: the only timeframe of the text stands within a comparison, and is that of the whole.

    Of several each is that of its clause: ``rsi_14 on 1h < 35 and close > ema_200 on 1d``.
    """
    ons = [i for i, item in enumerate(items) if item.type == "ON"]
    inside = [i for i in ons if (items[i + 2].type if i + 2 < len(items) else "AND") in _WITHIN_CLAUSE]
    if not inside:
        return items
    if len(ons) == 1:
        at = ons[0]
        return [*items[:at], *items[at + 2 :], *items[at : at + 2]]
    found = [replace(item, type="FRAME_AFTER") if i - 1 in inside else item for i, item in enumerate(items) if i not in inside]
    if ons[-1] == len(items) - 2:
        found[-2] = replace(found[-2], shown="")
    return found


def _of_move(items: list[Item]) -> list[Item]:
    """``up 3% in 15 minutes``: the only timeframe in the text is that of the move."""
    for i, item in enumerate(items):
        name, sign, percent, count, *unit = item.value.split() if item.type == "MOVED" else ["", "", "", "", ""]
        if not unit or not name or is_unit(unit[0], "day") or (UNIT_WORDS.get(unit[0]) in _LONG and _others(items)):
            continue
        frame, bars = timeframe(f"{count} {unit[0]}"), "1"
        if frame is None:
            frame, bars = timeframe(f"1 {unit[0]}"), count
        if frame is not None:
            moved = replace(item, value=f"{name} {sign} {percent} {bars}")
            return [*items[:i], moved, *items[i + 1 :], Item("ON_ALL", "on", item.at), Item("TIMEFRAME", str(frame), item.at)]
    return items


def _others(items: list[Item]) -> bool:
    """Whether more than prices is named, which would be of the longer bars as well."""
    return any(item.type == "RULE" or (item.type == "NAME" and item.value not in {"close", "price"}) for item in items)


def averages_of_days(items: list[Item]) -> list[Item]:
    """``200 day moving average`` is of daily bars, unless another timeframe stands right before or behind it."""
    found: list[Item] = []
    frames = [(i, item.value) for i, item in enumerate(items) if item.type == "TIMEFRAME"]
    for i, item in enumerate(items):
        if item.type != "DAYS":
            found.append(item)
            continue
        own = next((value for at, value in frames if at > i), Timeframe.D1.value)
        framed = len(found) > 1 and found[-2].type == "FRAME"
        if not framed and item.value != f"[{own}]" and not (i + 1 < len(items) and items[i + 1].type in {"BRACKET", "FRAME_AFTER"}):
            found.append(replace(item, type="BRACKET"))
    return found


def repetitions(items: list[Item]) -> list[Item]:
    """``3 green candles``: a number before a condition in words is a duration."""
    found: list[Item] = []
    for i, item in enumerate(items):
        behind = items[i + 1] if i + 1 < len(items) else None
        words = behind is not None and behind.type == "OPEN" and not behind.value
        found.append(
            replace(item, type="HELD", value=f"{item.value} ")
            if item.type == "NUMBER" and words and item.value.isdecimal()
            else item
        )
    return found


def durations(items: list[Item], *, exactly: bool) -> list[Item]:
    """Bars, counted in bars or in the unit of the timeframe; a trend with the number of its bars."""
    frame = _own(items)
    items = in_longer_bars(items, unit_of(frame))
    counted = [replace(item, value=_in_bars(item, frame, exactly=exactly)) if item.type in _COUNTED else item for item in items]
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


def _in_bars(item: Item, frame: Timeframe, *, exactly: bool) -> str:
    """The value with the number of its bars in place of ``5 days``."""
    before, space, count = "", "", item.value
    if item.type in _LAST:
        words = item.value.split()
        fixed = _LAST[item.type]
        before, space, count = " ".join(words[:fixed]), " ", " ".join(words[fixed:]) or "1"
    return f"{before}{space}{_bars(replace(item, value=count), frame, exactly=exactly)}"


def _own(items: list[Item]) -> Timeframe:
    """The timeframe of the whole; daily where there is none, or none that exists, which the parser refuses."""
    named = [item for i, item in enumerate(items) if item.type == "TIMEFRAME" and items[i - 1].type == "ON_ALL"]
    try:
        return Timeframe(named[0].value) if named else Timeframe.D1
    except ValueError:
        return Timeframe.D1


def _bars(item: Item, frame: Timeframe, *, exactly: bool) -> int:
    count, _, unit = item.value.partition(" ")
    if unit and not (is_unit(unit, unit_of(frame)) and frame.startswith("1")):
        example = _spelled(int(count), unit, frame)
        if not exactly and example.endswith(" bars"):
            return int(example.removesuffix(" bars"))
        raise ConditionError("unit", "", item.at, found=f"{count} {unit}", frame=frame.word, example=example)
    return int(count)


def _spelled(count: int, unit: str, frame: Timeframe) -> str:
    """About as long a time in bars; what is shorter than a bar, in bars of its own timeframe."""
    word = unit_of(frame)
    own = _MINUTES[word] if word in {"day", "week", "month"} else minutes(frame)
    given = count * _MINUTES[UNIT_WORDS.get(unit, word)]
    finer = timeframe(f"1 {unit}")
    if given < own and finer is not None:
        return f"{count} bars on {finer.word}"
    return f"{max(1, math.ceil(given / own))} bars"
