"""What people leave out of a clause: the sign before a multiple, and the second of two comparisons behind ``both``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.conditions.clauses import EXTREMES
from shared.conditions.items import Item

_ENDS: Final = frozenset({"AND", "OR", "NOT", "ON", "ON_ALL", "HELD", "WITHIN"})
_RELATIONS: Final = frozenset({"COMPARE", "CROSS"})
_DEVIATIONS: Final = frozenset({"stdev", "std", "sd", "stddev", "sigma", "deviations", "deviation"})
_AT_LEAST: Final = "COMPARE_AFTER"


def both(items: Sequence[Item]) -> list[Item]:
    """``rsi and mfi both below 30``, ``k over d and both below 20``: a comparison for each of the two values.

    Where it is not clear which two are meant, ``both`` stays, and the parser refuses it.
    """
    found: list[Item] = []
    at = 0
    while at < len(items):
        item = items[at]
        at += 1
        if item.type != "BOTH":
            found.append(item)
            continue
        behind = [each.type for each in items[at : at + 3]]
        if behind[:1] == ["COMPARE"]:
            pair = _pair(found)
        elif behind == ["NAME", "AND", "NAME"] and (not found or found[-1].type in _ENDS) and _is_compared(items, at + 3):
            pair, at = (items[at], items[at + 2]), at + 3
        else:
            continue  # 'both' of two whole conditions says nothing
        end = next((i for i in range(at, len(items)) if items[i].type in _ENDS), len(items))
        compared = items[at:end]
        if pair is None or not compared or compared[0].type != "COMPARE":
            return list(items)
        found += [pair[0], *compared, Item("AND", "and", item.at, item.shown), pair[1], *compared]
        at = end
    return found


def bands_of_vwap(items: Sequence[Item]) -> list[Item]:
    """``vwap + 2*stdev``: of the VWAP its own deviation is meant, which is a band."""
    found = list(items)
    for i in range(len(found) - 4):
        part = found[i : i + 5]
        types = [item.type for item in part]
        vwap = part[0].value == "vwap" and part[4].shown.lower() in _DEVIATIONS and part[2].value in {"1", "2", "3", "1.5", "2.5"}
        if vwap and types in (["NAME", "PLUS", "NUMBER", "TIMES", "NAME"], ["NAME", "MINUS", "NUMBER", "TIMES", "NAME"]):
            side = "upper" if types[1] == "PLUS" else "lower"
            found[i : i + 5] = [replace(part[0], value=f"vwap_session_{side}_{part[2].value}")]
            return bands_of_vwap(found)
    return found


def _is_compared(items: Sequence[Item], at: int) -> bool:
    return at < len(items) and items[at].type == "COMPARE"


def _pair(found: list[Item]) -> tuple[Item, Item] | None:
    """The two values before ``both``; those that are compared nowhere else go."""
    types = [each.type for each in found]
    if types[-3:] == ["NAME", "AND", "NAME"] and (len(found) == 3 or types[-4] in _ENDS):
        first, _, second = found[-3:]
        del found[-3:]
        return first, second
    related = len(types) > 3 and types[-1] == "AND" and types[-2] == types[-4] == "NAME" and types[-3] in _RELATIONS
    if related and (len(types) == 4 or types[-5] in _ENDS):
        return found[-4], found[-2]
    return None


def turns(items: Sequence[Item]) -> list[Item]:
    """``rsi under 30 and turning up``, ``adx over 25 rising``: what turns or rises is what was compared."""
    found: list[Item] = []
    for item in items:
        if item.type in {"TREND", "TURN"}:
            types = [each.type for each in found[-4:]]
            if item.type == "TREND" and types[-3:] == ["NAME", "COMPARE", "NUMBER"]:
                found.append(Item("AND", "and", item.at, item.shown, korean=True))
            subject = {("NAME", "COMPARE", "NUMBER", "AND"): 4, ("NAME", "LEVEL", "AND"): 3}
            back = subject.get(tuple(types)) or subject.get(tuple(types[-3:])) if item.type == "TURN" else None
            if back:
                found.append(replace(found[-back], at=item.at))
        found.append(item)
    return found


def values_before(items: Sequence[Item]) -> list[Item]:
    """``volume more than double yesterday's``: the same value one bar ago."""
    found: list[Item] = []
    for i, item in enumerate(items):
        found.append(item)
        behind = items[i + 1].type if i + 1 < len(items) else "AND"
        if item.type == "BACK" and behind in _ENDS:
            clause = found[next((n + 1 for n in range(len(found) - 1, -1, -1) if found[n].type in _ENDS), 0) :]
            named = next((each for each in clause if each.type == "NAME"), None)
            found += [replace(named, at=item.at)] if named else []
    return found


def least_multiples(items: Sequence[Item]) -> list[Item]:
    """``volume 2x its 20 day average``, ``거래량 전일 대비 2배``: at least so much, for an exact multiple hardly ever occurs."""
    found: list[Item] = []
    start = 0
    for end in [*(i for i, item in enumerate(items) if item.type in _ENDS), len(items)]:
        clause = list(items[start:end])
        found += _least(clause)
        found += items[end : end + 1]
        start = end + 1
    return found


def _least(clause: list[Item]) -> list[Item]:
    types = [item.type for item in clause if item.type != "SUBJECT"]
    before = _of_bar_before(clause, types)
    if before:
        return before
    if types[-2:] in (["VERSUS", "PERCENT"], ["VERSUS", "NUMBER"]) and any(item.value == "volume" for item in clause):
        return [*clause, Item(_AT_LEAST, ">=", clause[-1].at, clause[-1].shown, korean=True)]  # '전일 거래량 대비 300%'
    if not clause or clause[0].value.partition("_sma")[0] != "volume":
        return clause
    last = clause[-1]
    if types in (["NAME", "NAME", "TIMES", "NUMBER"], ["NAME", "THAN_BEFORE", "NUMBER"]):
        return [*clause, Item(_AT_LEAST, ">=", last.at, last.shown, korean=True)]
    if types in (["NAME", "NUMBER", "TIMES", "NAME"], ["NAME", "PERCENT", "TIMES", "NAME"]) and last.value.startswith("volume_sma"):
        sign = Item("COMPARE", ">=", clause[-3].at, clause[-3].shown)
        return [clause[0], sign, *clause[-3:]]
    return clause


def _of_bar_before(clause: list[Item], types: list[str]) -> list[Item]:
    """``전일 거래량 2배 이상``, ``거래량 전일 2배``: against the volume of the bar before; empty for another clause."""
    named = [item for item in clause if item.type == "NAME"]
    sign = clause[-1] if types[-1:] == [_AT_LEAST] else None
    orders = (["BACK", "NAME", "TIMES", "NUMBER"], ["NAME", "BACK", "TIMES", "NUMBER"])
    if (types[:-1] if sign else types) not in orders or named[0].value != "volume":
        return []
    back, times, number = (next(item for item in clause if item.type == kind) for kind in ("BACK", "TIMES", "NUMBER"))
    last = clause[-1]
    least = sign or Item(_AT_LEAST, ">=", last.at, last.shown, korean=True)
    return [named[0], Item("SUBJECT", "", back.at, back.shown, korean=True), back, named[0], times, number, least]


def nearness(items: Sequence[Item]) -> list[Item]:
    """``52주 신저가 근처 3%``: the share stands behind the word."""
    found = list(items)
    for i, item in enumerate(items[:-2]):
        share = [each.type for each in items[i + 1 : i + 3]]
        if (item.type, item.value) == ("CROSS_AFTER", "near") and share == ["NUMBER", "PERCENT_SIGN"]:
            found[i : i + 3] = [items[i + 1], items[i + 2], replace(item, type="NEAR_AFTER", value="")]
            if i and items[i - 1].type == "RULE" and items[i - 1].value in EXTREMES:
                found[i - 1] = replace(items[i - 1], type="NAME", value=EXTREMES[items[i - 1].value])
    return found
