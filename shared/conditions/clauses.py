"""What decides a word within its clause: the side of a band, the direction of a crossing, the day before, a moved price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.conditions.items import OPERAND_ENDS, OPERAND_STARTS, Item
from shared.conditions.lexicon import SIDES
from shared.conditions.lists import lists
from shared.conditions.literals import kind_of
from shared.conditions.passes import Pass

_ENDS: Final = frozenset({"AND", "OR", "NOT"})
_UPPER: Final = frozenset({">", ">=", "crosses_above"})
_LOWER: Final = frozenset({"<", "<=", "crosses_below"})
_RELATIONS: Final = frozenset({"COMPARE", "CROSS"})
_AFTER: Final = frozenset({"COMPARE_AFTER", "CROSS_AFTER"})
_FAR: Final = 10
"""Items behind a band or before a direction among which its relation is."""
_BEHIND: Final = {"above": "crosses_above", "below": "crosses_below", "over": "crosses_above", "under": "crosses_below"}
_CLAUSE_ENDS: Final = frozenset({"", "AND", "OR", "ON"})
EXTREMES: Final = {"new_high": "high_52w", "new_low": "low_52w", "all_time_high": "all_time_high", "all_time_low": "all_time_low"}
"""What rules are reached at."""
_CHANGE: Final = 8
"""Items of ``(change_pct(close, 1))``."""
_PRICE_TRENDS: Final = frozenset({"상승", "하락", "오르", "내리", "급등", "급락"})
"""Korean words for a trend of a price; a volume increases with another word."""


def _versus(items: Sequence[Item]) -> list[Item]:
    """``전일 거래량 대비 거래량 200%`` is ``거래량이 전일 거래량 대비 200%``; ``시가 대비 등락률 3% 이상`` is ``3% 이상 상승``."""
    found: list[Item] = []
    at = 0
    while at < len(items):
        item = items[at]
        found.append(item)
        at += 1
        if item.type == "VERSUS" and len(found) > 1 and found[-2].type == "RULE" and found[-2].value in EXTREMES:
            found[-2] = replace(found[-2], type="NAME", value=EXTREMES[found[-2].value])  # '52주 신고가 대비'
        if item.type == "VERSUS" and _is_change(items, at):
            at += _CHANGE
            signed = [each.type for each in items[at : at + 3]] == ["NUMBER", "PERCENT_SIGN", "COMPARE_AFTER"]
            if signed and items[at + 2].value.startswith(">"):
                found += [*items[at : at + 3], Item("TREND", "rising", item.at, "상승")]
                at += 3
        elif item.type in {"VERSUS", "THAN_BEFORE"} and [each.type for each in items[at + 1 : at + 3]] == [
            "NUMBER",
            "PERCENT_SIGN",
        ]:
            at += _signed_change(found, items, at)
        elif item.type == "VERSUS" and [each.type for each in items[at : at + 2]] == ["NAME", "NUMBER"]:
            start = len(found) - 2
            start -= start > 0 and found[start - 1].type == "BACK"
            if start >= 0 and found[start + (found[start].type == "BACK")].type == "NAME":
                found[start:start] = [items[at], Item("SUBJECT", "", items[at].at, items[at].shown)]
                at += 1
    return found


def _signed_change(found: list[Item], items: Sequence[Item], at: int) -> int:
    """``고가 대비 -20%``, ``시가 대비 +3% 이상``: a change with its sign; how many items were read."""
    ways = {"MINUS": ("falling 1", "하락", "<"), "PLUS": ("rising 1", "상승", ">")}
    way, shown, beyond = ways.get(items[at].type, ("", "", ""))
    behind = items[at + 3] if at + 3 < len(items) else None
    compared = behind is not None and behind.type == "COMPARE_AFTER"
    if not way or (compared and behind is not None and not behind.value.startswith(beyond)):
        return 0
    sign = ">" if compared and behind is not None and len(behind.value) == 1 else ">="
    place = items[at].at
    found += [*items[at + 1 : at + 3], Item("COMPARE_AFTER", sign, place, "이상"), Item("TREND", way.split()[0], place, shown)]
    return 3 + compared


def _sides(items: Sequence[Item]) -> list[Item]:
    """``above the cloud`` is above its top, ``below the Bollinger bands`` below the lower one."""
    found: list[Item] = []
    for i, item in enumerate(items):
        if item.type != "SIDED":
            found.append(item)
            continue
        upper, lower = SIDES[item.value]
        before = found[-1] if found and found[-1].type in _RELATIONS else None
        if before is not None:
            sign, mirrored = before.value, False
        else:
            behind = _clause(items, i + 1)
            relation = next((each for each in behind if each.type in _RELATIONS | _AFTER), None)
            sign = relation.value if relation else ""
            mirrored = relation is not None and relation.type == "COMPARE"
        side = (
            upper if sign in (_LOWER if mirrored else _UPPER) else lower if sign in (_UPPER if mirrored else _LOWER) else item.value
        )
        found.append(replace(item, type="NAME", value=side))
    return found


def _directions(items: Sequence[Item]) -> list[Item]:
    """``crosses the average from below``; ``30 이하에서 상향 돌파``; ``the previous 20-day high`` has no bar of today anyway."""
    found: list[Item] = []
    for i, item in enumerate(items):
        behind = items[i + 1].type if i + 1 < len(items) else ""
        if item.type == "FROM" and found and found[-1].type == "COMPARE_AFTER" and behind in OPERAND_STARTS:
            found.append(Item("AND", "and", item.at, item.shown, korean=True))  # '120일선 위에서 거래량 급증'
            continue
        if item.type == "CROSS_AFTER" and [each.type for each in found[-2:]] == ["COMPARE_AFTER", "FROM"]:
            del found[-2:]
        if item.type == "CROSS_AFTER" and item.value == "bounces" and found and found[-1].type == "COMPARE_AFTER":
            found.pop()  # 'RSI 30 이하에서 반등'
        if item.type == "CROSS_AFTER" and found and found[-1].type == "CROSS_AFTER" and item.value.startswith("crosses"):
            found.pop()  # '20 아래로 떨어졌다가 다시 올라올 때'
        if item.type == "NAME" and item.value == "close" and behind in _CLAUSE_ENDS and found and found[-1].type in _AFTER:
            continue  # '기준선 위에 종가'
        if item.type == "BACK" and item.shown in {"previous", "prior"} and behind == "NAME" and _is_before(items[i + 1].value):
            continue
        if item.type == "COMPARE" and item.shown.lower() in _BEHIND and behind in _CLAUSE_ENDS and _undirected(found):
            way = _BEHIND[item.shown.lower()]  # 'SMA20 crossed SMA50 above'
        elif item.type == "DIRECTION":
            way = item.value
        else:
            found.append(item)
            continue
        at = next((i for i in range(len(found) - 1, max(-1, len(found) - 1 - _FAR), -1) if found[i].type in _ENDS | {"CROSS"}), -1)
        if at >= 0 and found[at].type == "CROSS" and found[at].value in {"crosses", way}:
            found[at] = replace(found[at], value=way)
        else:
            found.append(item)
    return found


def _undirected(found: Sequence[Item]) -> bool:
    return any(each.type == "CROSS" and each.value == "crosses" for each in found[-_FAR:])


def _is_before(name: str) -> bool:
    """Whether a column is of the bars before this one."""
    return kind_of(name) in {"extremes", "year", "all_time"}


def _befores(items: Sequence[Item]) -> list[Item]:
    """``전일 대비 거래량 2배`` is ``거래량 전일 대비 2배``; a change is one against the bar before anyway."""
    found: list[Item] = []
    held: Item | None = None
    for i, item in enumerate(items):
        if item.type == "THAN_BEFORE":
            behind = items[i + 1] if i + 1 < len(items) else None
            if _is_change(items, i + 1):
                continue
            if behind is not None and behind.type == "NAME" and not (found and found[-1].type in OPERAND_ENDS | {"SUBJECT"}):
                held = item
                continue
            if found and found[-1].type == "SUBJECT":
                found.pop()
        found.append(item)
        if held is not None and item.type == "NAME":
            found.append(held)
            held = None
        if item.type == "TREND" and item.shown in _PRICE_TRENDS and _alone(found[:-1]) and _of_volume(found):
            lasting = len(found) > 1 and found[-2].type in {"HELD", "WITHIN"}
            found.insert(-2 if lasting else -1, Item("NAME", "close", item.at, item.shown))
    return found if held is None else [*found, held]


def _is_change(items: Sequence[Item], at: int) -> bool:
    """Whether the change of the close stands there, in words."""
    part = items[at : at + _CHANGE]
    values = [each.value for each in part if each.type in {"NAME", "NUMBER"}]
    return bool(part) and part[0].type == "OPEN" and not part[0].value and values[:3] == ["change_pct", "close", "1"]


def _alone(found: Sequence[Item]) -> bool:
    """Whether no value stands before, since the last connective."""
    before = next((item for item in reversed(found) if item.type not in {"HELD", "WITHIN"}), None)
    return before is not None and before.type in _ENDS


def _of_volume(found: Sequence[Item]) -> bool:
    name = next((each.value for each in reversed(found) if each.type == "NAME"), "")
    return name == "volume" or name.startswith("volume_sma")


def _clause(items: Sequence[Item], at: int) -> list[Item]:
    end = next((i for i in range(at, min(len(items), at + _FAR)) if items[i].type in _ENDS), min(len(items), at + _FAR))
    return list(items[at:end])


CLAUSES: Final[tuple[Pass, ...]] = (
    (_versus, frozenset({"VERSUS", "THAN_BEFORE"})),
    (lists, frozenset({"COMPARE_AFTER", "CROSS_AFTER", "COMPARE", "AND"})),
    (_sides, frozenset({"SIDED"})),
    (_directions, frozenset({"FROM", "COMPARE_AFTER", "CROSS_AFTER", "BACK", "CROSS", "DIRECTION"})),
    (_befores, frozenset({"THAN_BEFORE", "TREND"})),
)
"""What the clauses of the items decide."""
