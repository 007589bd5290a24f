"""Lines of one indicator in a clause: ``MACD(5,35,5) crosses above its signal``, ``TSI crosses above signal``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared.conditions.columns import column_of, known_stem, parts
from shared.conditions.expression import CROSSINGS
from shared.conditions.items import Item
from shared.conditions.vocabulary import stems

_LINES: Final = {"macd_signal": "_signal", "stoch_d": "_d"}
"""Lines that are named without their indicator, and how those of other indicators end."""
_WITHOUT_SIGNAL: Final = frozenset({"obv", "rsi", "cci", "mfi", "adx", "atr", "cmf", "williams_r"})
SIGNALS: Final = {
    "stoch_k": "stoch_d",
    "stoch_rsi_k": "stoch_rsi_d",
    "macd": "macd_signal",
    "fisher": "fisher_signal",
    "tsi": "tsi_signal",
}
"""The line that an oscillator crosses."""
_CROSSING: Final = {signal: line for line, signal in SIGNALS.items() if signal.endswith("_signal")}
_FIRST_LINES: Final = frozenset({"k", "%k", "% k"})
_TOWARDS: Final = {"위로": "crosses_above", "아래로": "crosses_below"}
_SIGNAL_WORDS: Final = ("시그널", "신호")
_STARTS: Final = frozenset({"AND", "OR", "NOT", "OPEN", "FRAME"})
_NO_VALUE: Final = frozenset({"END", "AND", "OR", "ON", "ON_ALL", "COMPARE", "WITHIN", "HELD"})
_FEWEST: Final = 2
_LONGEST_CALL: Final = 12
"""Items of a call among which its numbers are."""


@dataclass(frozen=True)
class _Named:
    kind: str
    stem: str
    numbers: tuple[str, ...]


def partners(items: Sequence[Item]) -> list[Item]:
    """The items with the second line of an indicator under the parameters of the first, where it was typed without any."""
    found: list[Item] = []
    last: _Named | None = None
    skipped = 0
    for i, item in enumerate(items):
        if i < skipped:
            continue
        named = _named(items, i) if item.type == "NAME" else None
        if named is None:
            found.append(_crossed(item, found) if item.type == "COMPARE_AFTER" else item)
            continue
        loose = last is not None and not named.numbers and item.shown.lower() != column_of(item.value)
        partner = _partner(named, last) if last is not None and loose else None
        if last is not None and last.kind == "stoch_rsi" and item.shown.lower() in _FIRST_LINES:  # 'stoch rsi k < 20 and k > d'
            partner = _Named(last.kind, "stoch_rsi_k", last.numbers)
        if last is not None and loose and not partner and _of_none(named, last, items):
            found.append(replace(item, value=f"{last.stem}_signal"))  # which the parser refuses
            continue
        if last is not None and len(named.numbers) == 1 and _of_none(named, last, items):  # 'OBV가 시그널(9) 위'
            found += _average_of(last, named.numbers[0], item)
            skipped = _call_end(items, i)
            continue
        found.append(replace(item, value="_".join([partner.stem, *partner.numbers])) if partner else item)
        last = partner or named
    return found


def _crossed(item: Item, before: Sequence[Item]) -> Item:
    """``시그널 위로``: a line goes to the other side of its signal line, where it may be for long beside a price."""
    way = _TOWARDS.get(item.shown)
    if way is None or not before or not before[-1].shown.startswith(_SIGNAL_WORDS):
        return item
    return replace(item, type="CROSS_AFTER", value=way)


def _average_of(last: _Named, bars: str, item: Item) -> list[Item]:
    """The signal line of an indicator that has none of its own: an average of so many bars."""
    value = "_".join([last.stem, *last.numbers])
    call = [("NAME", "sma"), ("OPEN", "("), ("NAME", value), ("COMMA", ","), ("NUMBER", bars), ("CLOSE", ")")]
    return [Item(kind, each, item.at, item.shown) for kind, each in call]


def _call_end(items: Sequence[Item], i: int) -> int:
    """The index behind a name and the call that it begins."""
    if i + 1 >= len(items) or items[i + 1].type != "OPEN":
        return i + 1
    return next((end + 1 for end in range(i + 2, len(items)) if items[end].type == "CLOSE"), i + 1)


def signal_lines(items: Sequence[Item]) -> list[Item]:
    """``stochastic crosses up below 20``: an oscillator that crosses nothing crosses its signal line."""
    found: list[Item] = []
    for i, item in enumerate(items):
        found.append(item)
        behind = items[i + 1].type if i + 1 < len(items) else "END"
        if item.type != "CROSS" or item.value not in CROSSINGS | {"crosses"} or behind not in _NO_VALUE or len(found) < _FEWEST:
            continue
        at = i - 1 - (items[i - 1].type == "LEVEL")
        named = _named(items, at) if at >= 0 and items[at].type == "NAME" else None
        if named and at < i - 1 and named.stem in SIGNALS:  # 'stochastic oversold crossover'
            first = Item("NAME", "_".join([named.stem, *named.numbers]), item.at, item.shown)
            found[-1:] = [Item("AND", "and", item.at, item.shown), first, _directed(item, items[i - 1].value)]
        second = SIGNALS.get(named.stem) if named else None
        if named and second:
            found.append(Item("NAME", "_".join([second, *named.numbers]), item.at, item.shown))
    return found


def lone_lines(items: Sequence[Item]) -> list[Item]:
    """``MACD 상향 돌파``: an oscillator that alone is crossed crosses its signal line."""
    found: list[Item] = []
    for i, item in enumerate(items):
        crossed = item.type == "CROSS_AFTER" and item.value in CROSSINGS and found and found[-1].type == "NAME"
        named = _named(items, i - 1) if crossed and (len(found) == 1 or found[-2].type in _STARTS) else None
        second = SIGNALS.get(named.stem) if named else None
        if named and second:
            found.append(Item("SUBJECT", "", item.at, item.shown, korean=True))
            found.append(Item("NAME", "_".join([second, *named.numbers]), item.at, item.shown))
        found.append(item)
    return found


def lone_signals(items: Sequence[Item]) -> list[Item]:
    """``macd 시그널 상향돌파``, ``macd signal cross``: two lines in one name, of which the first crosses the second."""
    found: list[Item] = []
    for i, item in enumerate(items):
        if item.type != "NAME" or " " not in item.shown:
            found.append(item)
            continue
        before, behind = found[-1].type if found else "AND", [each.type for each in items[i + 1 : i + 3]]
        beside = behind[:1] == ["COMPARE_AFTER"] and items[i + 1].value in {">", "<"}  # 'macd 시그널 위'
        alone = beside or behind[:1] == ["CROSS_AFTER"] or (behind[:1] == ["CROSS"] and {*behind[1:]} <= _NO_VALUE)
        named = _named(items, i) if alone and before in _STARTS else None
        first = _CROSSING.get(named.stem) if named else None
        if named and first:
            found.append(Item("NAME", "_".join([first, *named.numbers]), item.at, item.shown))
            found += [Item("SUBJECT", "", item.at, item.shown, korean=True)] if behind[0] != "CROSS" else []
        found.append(item)
        if named and first and behind[0] == "CROSS":
            found[-1:] = [items[i + 1], item]
            return [*found, *lone_signals(items[i + 2 :])]
    return found


def _directed(crossing: Item, level: str) -> Item:
    """Out of an oversold state it crosses upwards."""
    if crossing.value != "crosses":
        return crossing
    return replace(crossing, value="crosses_above" if level.endswith("oversold") else "crosses_below")


def _of_none(named: _Named, last: _Named, items: Sequence[Item]) -> bool:
    """Whether ``signal`` stands behind an indicator that has no such line, and the MACD is not named."""
    macd = any(item.value.startswith("macd") for item in items if item.shown.lower() != "signal" and item.value != named.stem)
    return named.stem == "macd_signal" and last.kind in _WITHOUT_SIGNAL and not macd


def _partner(named: _Named, last: _Named) -> _Named | None:
    """The line of the indicator that was named last which a name without numbers means; None: it means its own."""
    stem = _line(named, last)
    if stem == named.stem and (named.kind != last.kind or stem == last.stem):
        return None
    indicator = stems()[stem][0]
    return _Named(indicator.kind, stem, last.numbers if len(last.numbers) == len(indicator.parameters) else ())


def _named(items: Sequence[Item], i: int) -> _Named | None:
    """The column that an item names, with the numbers in its name or in its parentheses."""
    stem, numbers = parts(items[i].value)
    known = known_stem(stem)
    if known not in stems():
        return None
    if i + 1 < len(items) and items[i + 1].type == "OPEN":
        for item in items[i + 2 : i + 2 + _LONGEST_CALL]:
            if item.type not in {"NUMBER", "COMMA"}:
                break
            numbers += [item.value] if item.type == "NUMBER" else []
    return _Named(stems()[known][0].kind, known, tuple(numbers))


def _line(named: _Named, last: _Named) -> str:
    """``signal`` behind another indicator than the MACD is the signal line of that one, where it has one."""
    ending = _LINES.get(named.stem)
    if ending is None or named.kind == last.kind:
        return named.stem
    own = last.stem.removesuffix("_k") + ending
    return own if own in stems() else named.stem
