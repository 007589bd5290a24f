"""Arranging items for the grammar: particles that decide nothing go, and what people leave out is added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.conditions.clauses import CLAUSES
from shared.conditions.columns import known_stem, parts
from shared.conditions.durations import averages_of_days, durations, place_timeframes, repetitions
from shared.conditions.items import OPERAND_ENDS, OPERAND_STARTS, Item
from shared.conditions.left_out import bands_of_vwap, both, least_multiples, nearness, turns, values_before
from shared.conditions.lone_numbers import refuse_lone_numbers
from shared.conditions.partners import lone_lines, lone_signals, partners, signal_lines
from shared.conditions.passes import Pass, passed
from shared.conditions.relations import between, multiples, percents

_NEAR: Final = 4
"""Items among which ``보다`` stands."""
_NEGATED: Final = frozenset({"BETWEEN", "COMPARE", "CROSS", "TREND", "LEVEL"})
"""What ``not`` behind a value may stand before."""
_LINES: Final = {
    "stoch_k": ("stoch_k", "stoch_d"),
    "stoch_rsi_k": ("stoch_rsi_k", "stoch_rsi_d"),
    "macd": ("macd", "macd_signal"),
    "macd_hist": ("macd", "macd_signal"),
}
"""The lines of an oscillator that cross."""


def arrange(items: Sequence[Item], *, exactly: bool = True) -> list[Item]:
    """The tokens of the grammar. ``exactly``: a duration in another unit is an error, else it is about as many bars.

    Raises:
        ConditionError: a duration is counted in another unit than the bars are; without a text.
    """
    refuse_lone_numbers(items)
    items = durations(passed(items, _BEFORE_DURATIONS), exactly=exactly)
    return _particles(passed(items, _AFTER_DURATIONS))


def _not_between(items: Sequence[Item]) -> list[Item]:
    """``rsi not between 40 and 60``, ``rsi isn't below 30``: the ``not`` is of the whole comparison."""
    found: list[Item] = []
    for i, item in enumerate(items):
        behind = items[i + 1].type if i + 1 < len(items) else ""
        if item.type == "NOT" and behind in _NEGATED and found and found[-1].type in OPERAND_ENDS:
            found.insert(_start_of_clause(found), item)
        else:
            found.append(item)
    return found


def _start_of_clause(items: Sequence[Item]) -> int:
    """Where the clause begins that the last item ends."""
    depth = 0
    for at in range(len(items) - 1, -1, -1):
        depth += (items[at].type == "CLOSE") - (items[at].type == "OPEN")
        if depth < 0 or (depth == 0 and items[at].type in {"AND", "OR"}):
            return at + 1
    return 0


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
        after_value = bool(found) and found[-1].type in OPERAND_ENDS
        left_out = (
            item.type == "SUBJECT"
            and item.shown in {"이", "가"}
            and [each.type for each in items[i + 1 : i + 2]] == ["COMPARE_AFTER"]
        )
        swapped = "THAN" in [each.type for each in found[-_NEAR:]]
        if left_out and after_value and found[-1].type == "NAME" and not swapped:  # '+DI가 위에': of what is not said
            found.append(item)
            continue
        if item.type == "FROM" or (item.type in {"SUBJECT", "THAN"} and not (after_value and _opens(items, i + 1))):
            continue
        if item.type == "THAN" and _has_subject(found):
            continue
        if item.type in OPERAND_STARTS and found and found[-1].type == "CLOCK":  # '10시 이전에 전일 고가 돌파'
            found.append(Item("AND", "and", item.at, item.shown, korean=True))
            after_value = False
        if item.type in OPERAND_STARTS and after_value and not (item.value == "(" and found[-1].type == "NAME"):
            found.append(Item("SUBJECT", "", item.at, item.shown))
        if item.type == "TREND" and found and found[-1].type == "SUBJECT":
            found.pop()
        found += _cross(item, found) if item.type == "GOLDEN" else [item]
    return found


def _cross(item: Item, before: list[Item]) -> list[Item]:
    """A golden or dead cross: of the two values before it, of the lines of the oscillator that was named last, or the rule."""
    way = "crosses_above" if item.value == "golden_cross" else "crosses_below"
    if _has_subject(before) and before[-1].type in OPERAND_ENDS:
        return [replace(item, type="CROSS_AFTER", value=way)]
    lines = _LINES.get(known_stem(parts(_last_name(before))[0]) or "")
    if lines is None:
        return [replace(item, type="RULE")]
    numbers = parts(before[-1].value)[1] if before[-1].type == "NAME" else []
    first, second = (Item("NAME", "_".join([name, *numbers]), item.at, item.shown) for name in lines)
    if numbers:  # 'MACD 12 26 9 골든크로스'
        del before[-1]
    joined = [] if not before or before[-1].type in {"AND", "OR", "NOT"} else [Item("AND", "and", item.at, item.shown)]
    return [*joined, first, Item("CROSS", way, item.at, item.shown), second]


def _last_name(before: Sequence[Item]) -> str:
    return next((each.value for each in reversed(before) if each.type == "NAME"), "")


def _opens(items: Sequence[Item], at: int) -> bool:
    """Whether a value follows, perhaps behind a duration."""
    rest = items[at : at + 2]
    if rest and rest[0].type in {"HELD", "WITHIN"}:
        rest = rest[1:]
    return bool(rest) and rest[0].type in OPERAND_STARTS | {"MINUS"}


def _has_subject(found: Sequence[Item]) -> bool:
    """Whether the first of two values stands before, since the last connective."""
    for item in reversed(found):
        if item.type in {"AND", "OR", "NOT"}:
            return False
        if item.type == "SUBJECT":
            return True
    return False


_BEFORE_DURATIONS: Final[tuple[Pass, ...]] = (
    (both, frozenset({"BOTH"})),
    (bands_of_vwap, frozenset({"TIMES"})),
    (values_before, frozenset({"BACK"})),
    (turns, frozenset({"TURN", "TREND"})),
    (_not_between, frozenset({"NOT"})),
    (partners, frozenset({"NAME"})),
    (lone_signals, frozenset({"CROSS", "CROSS_AFTER", "COMPARE_AFTER"})),
    (lone_lines, frozenset({"CROSS_AFTER"})),
    (signal_lines, frozenset({"CROSS"})),
    *CLAUSES,
    (repetitions, frozenset({"OPEN"})),
    (place_timeframes, frozenset({"ON", "FRAME", "FRAME_WHOLE", "MOVED"})),
    (averages_of_days, frozenset({"DAYS"})),
)
_AFTER_DURATIONS: Final[tuple[Pass, ...]] = (
    (nearness, frozenset({"CROSS_AFTER"})),
    (percents, frozenset({"PERCENT_SIGN", "COMPARE_AFTER", "NEAR_AFTER", "MOVED", "TREND"})),
    (multiples, frozenset({"TIMES"})),
    (least_multiples, frozenset({"TIMES", "THAN_BEFORE", "VERSUS"})),
    (between, frozenset({"BETWEEN_AFTER", "TO"})),
    (_connectives, frozenset({"AND", "OR"})),
)
