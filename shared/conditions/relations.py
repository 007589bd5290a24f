"""Percents and ranges among the items."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from shared.conditions.clauses import EXTREMES
from shared.conditions.items import Item

_IS: Final = frozenset({"is", "are", "was"})
_SIGNS: Final = frozenset({"*", "×"})
_THANS: Final = frozenset({"THAN", "THAN_BEFORE"})
_DISTANCES: Final = ("높", "낮", "더 높", "더 낮")
"""How words for a distance begin; ``2% 초과`` is a limit."""
_LOOK_BACK: Final = 12
"""Items before ``사이`` among which its two values are."""


def percents(items: list[Item]) -> list[Item]:
    """``3%``, ``200% of x``, ``3% above x``, ``within 2% of x``."""
    found: list[Item] = []
    i = 0
    while i < len(items):
        item = items[i]
        following = items[i + 1 : i + 3]
        if item.type == "NAME" and item.value == "by" and _is_share(following) and _by(found, following[0]):
            i += 3  # 'above sma_50 by 3%'
            continue
        if item.type == "NUMBER" and following and following[0].type == "PERCENT_SIGN":
            item, i = replace(item, type="PERCENT"), i + 1
            following = items[i + 1 : i + 3]
            if [each.type for each in following] == ["COMPARE_AFTER", "COMPARE"]:  # '20% or more below x'
                found.append(Item("COMPARE", following[0].value, following[0].at, following[0].shown))
                i, following = i + 1, items[i + 2 : i + 4]
            behind = following[0] if following else None
            if behind and behind.type == "NAME" and behind.value.startswith("volume_sma"):  # '200% average volume'
                found += [item, Item("TIMES", "*", behind.at, "of")]
                i += 1
                continue
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
        if item.type in {"COMPARE_AFTER", "TREND"} and _is_distance(found, item):  # '시가보다 5% 이상 높은'
            sign = found.pop() if found[-1].type == "COMPARE_AFTER" else replace(item, value=">=")
            percent = found.pop()
            at = next(n for n in range(len(found) - 1, -1, -1) if found[n].type in _THANS)
            found[at : at + 1] = _base(found, at)
            way = (
                item
                if item.type == "TREND"
                else replace(item, type="TREND", value="rising 1" if item.value == ">" else "falling 1")
            )
            found.append(_moved(way, sign.value, percent, found))
            i += 1
            continue
        if item.type == "NEAR_AFTER" and _near(found, item):  # '20일선의 2% 이내'
            i += 1
            continue
        if item.type == "MOVED" and found and found[-1].type == "THAN_BEFORE":
            found.pop()
        if item.type == "TREND" and len(found) > 1 and found[-1].type == "COMPARE_AFTER" and found[-2].type == "PERCENT":
            if len(found) > 2 and found[-3].type == "THAN_BEFORE":
                found.pop(-3)
            sign, percent = found.pop(), found.pop()
            found.append(_moved(item, sign.value, percent, found))
            i += 1
            continue
        if item.type == "TREND" and item.value.startswith("rising") and _multiplied(found, item):  # '거래량 3배 증가'
            i += 1
            continue
        if item.type == "TREND" and [each.type for each in found[-3:]] == ["THAN_BEFORE", "NUMBER", "COMPARE_AFTER"]:
            i += 1  # '전일보다 3배 이상 증가'
            continue
        if item.type == "TREND" and found and found[-1].type == "THAN_BEFORE":
            found.pop()  # '거래량 전일보다 증가'
        if item.type == "TREND" and [each.type for each in found[-3:]] == ["NAME", "FROM", "PERCENT"]:
            found[-2] = replace(found[-2], type="VERSUS")  # '52주 최고가에서 30% 하락'
        if item.type == "TREND" and [each.type for each in found[-2:]] == ["MINUS", "PERCENT"] and item.value.startswith("falling"):
            found.pop(-2)  # '-3% 하락'
        if item.type == "TREND" and found and found[-1].type == "PERCENT":
            if len(found) > 1 and found[-2].type == "THAN_BEFORE":
                found.pop(-2)
            percent = found.pop()
            found.append(_moved(item, ">=", percent, found))
            i += 1
            continue
        found.append(item)
        i += 1
    return found


def _near(found: list[Item], item: Item) -> bool:
    """Puts the nearness before the value that it is of, which is a name alone."""
    at = len(found) - 2
    while at >= 0 and found[at].type in {"SUBJECT", "VERSUS", "FROM", "THAN"}:
        at -= 1
    if at >= 0 and found[at].type == "RULE" and found[at].value in EXTREMES:  # '52주 신고가 3% 이내'
        found[at] = replace(found[at], type="NAME", value=EXTREMES[found[at].value])
    if at < 0 or found[-1].type != "PERCENT" or found[at].type != "NAME":
        return False
    share, name = found[-1], found[at]
    start = at - (at > 0 and found[at - 1].type == "SUBJECT")
    found[start:] = [Item("NEAR", share.value, item.at, item.shown), name]
    return True


def _is_distance(found: list[Item], item: Item) -> bool:
    """Whether ``이상 높`` or ``이상 증가`` behind a share says how far one value is from the other."""
    behind = [each.type for each in found[-6:]]
    far = item.type == "TREND" or item.shown.startswith(_DISTANCES)
    share = 2 if behind[-2:] == ["PERCENT", "COMPARE_AFTER"] else 1 if behind[-1:] == ["PERCENT"] and item.type != "TREND" else 0
    if not far or not share:
        return False
    before = next((each for each in reversed(found[-6:-share]) if each.type in _THANS), None)
    if before is None:
        return False
    return before.type == "THAN" or item.type != "TREND" or _of_another(found, found.index(before))


def _base(found: list[Item], at: int) -> list[Item]:
    """What a share is of: ``20일선보다``, ``전일 종가보다``; nothing where it is the value itself on the bar before."""
    than = found[at]
    if than.type == "THAN":
        return [replace(than, type="VERSUS")]
    if not _of_another(found, at):
        return []
    place, shown = than.at, than.shown
    return [
        Item("SUBJECT", "", place, shown),
        Item("BACK", "1", place, shown),
        Item("NAME", "close", place, shown),
        Item("VERSUS", "", place, shown),
    ]


def _of_another(found: list[Item], at: int) -> bool:
    """Whether ``전일 종가 대비`` stands behind another price than the close."""
    name = next((item.value for item in reversed(found[:at]) if item.type == "NAME"), "")
    return found[at].value == "close" and name in {"open", "high", "low"}


def _multiplied(found: list[Item], trend: Item) -> bool:
    """Puts the bar before in place of the product; whether a name times a number stands there."""
    least = found[-1] if found and found[-1].type == "COMPARE_AFTER" else None
    end = len(found) - (least is not None)
    if [each.type for each in found[max(0, end - 3) : end]] != ["NAME", "TIMES", "NUMBER"]:
        return False
    sign = least or Item("COMPARE_AFTER", ">=", trend.at, trend.shown, korean=True)
    found[end - 2 :] = [Item("THAN_BEFORE", "", trend.at, trend.shown, korean=True), found[end - 1], sign]
    return True


def _is_share(items: list[Item]) -> bool:
    return [item.type for item in items] == ["NUMBER", "PERCENT_SIGN"]


def _by(found: list[Item], share: Item) -> bool:
    """Multiplies the value behind the last comparison; whether there is one, of a name alone."""
    size = next((n for n in (1, 2) if len(found) > n and found[-n - 1].type == "COMPARE"), 0)
    if not size or found[-size].type != "NAME" or found[-size - 1].value not in {"<", ">", "<=", ">="}:
        return False
    up = found[-size - 1].value.startswith(">")
    factor = 1 + Decimal(share.value) / 100 * (1 if up else -1)
    found[-size:-size] = [Item("NUMBER", f"{factor:f}", share.at, share.shown), Item("TIMES", "*", share.at, share.shown)]
    return True


def multiples(items: list[Item]) -> list[Item]:
    """``volume is twice its average``: at least twice, for an exact multiple hardly ever occurs."""
    found = list(items)
    for i, item in enumerate(items[:-2]):
        number, times = items[i + 1 : i + 3]
        if item.value != "==" or item.shown.lower() not in _IS or times.type != "TIMES" or times.shown in _SIGNS:
            continue
        if number.type in {"NUMBER", "PERCENT"}:
            least = Decimal(number.value) >= (100 if number.type == "PERCENT" else 1)
            found[i] = replace(item, value=">=" if least else "<=")
    return found


def _moved(trend: Item, sign: str, percent: Item, before: list[Item]) -> Item:
    """``3% 이상 상승``; with ``5일 동안`` before it over so many bars, but ``5일 연속`` is on each of them."""
    bars = before.pop().value if before and before[-1].type in {"HELD", "WITHIN"} and "연속" not in before[-1].shown else "1"
    return Item("MOVED", f"{trend.value.split()[0]} {sign} {percent.value} {bars}", percent.at, percent.shown)


def between(items: list[Item]) -> list[Item]:
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
