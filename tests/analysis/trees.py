"""Random expression trees of the condition language, and a plain evaluation of a tree over lists of bars."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final

from hypothesis import strategies as st

from shared.conditions import Condition, Node, Number, Operation, SeriesName
from shared.conditions.expression import BAR_FIELDS, PAST_NUMBERS, PAST_TRUTHS, TIME_FIELDS, Elsewhere, Fired, walk
from shared.conditions.normal_form import render
from shared.events import Timeframe
from tests.conditions import compare

NAMES: Final = ("rsi_14", "close", "open")
UNKNOWN: Final = math.nan


def condition_of(root: Node, timeframe: Timeframe = Timeframe.D1) -> Condition:
    """A condition of a tree, as the parser would make it."""
    names = list(dict.fromkeys(node.name for node in walk(root) if isinstance(node, SeriesName)))
    return Condition(
        root,
        timeframe,
        f"{render(root)} on {timeframe}",
        tuple(name for name in names if name not in (*BAR_FIELDS, *TIME_FIELDS)),
        tuple(name for name in names if name in BAR_FIELDS),
    )


def op(name: str, *operands: Node | float | str) -> Operation:
    """An operation; names and numbers as they are."""
    return Operation(name, tuple(node(each) for each in operands))


def node(given: Node | float | str) -> Node:
    return SeriesName(given) if isinstance(given, str) else Number(float(given)) if isinstance(given, int | float) else given


@cache  # to make and check a strategy takes longer than to draw from it
@st.composite
def numbers(draw: st.DrawFn, depth: int, leaves: tuple[Node, ...]) -> Node:
    """Trees whose value is a number."""
    more = ["+", "-", "*", "/", "min", "max", "abs", "negate", "prev", "past", "past", "past"] if depth else []
    name = draw(st.sampled_from(["leaf", "leaf", "number", *more]))
    if name == "leaf":
        return draw(st.sampled_from(leaves))
    if name == "number":
        return Number(draw(st.sampled_from((0.0, 1.0, 2.0, 30.0, 0.5))))
    if name in {"abs", "negate", "prev"}:
        return Operation(name, (draw(numbers(depth - 1, leaves)),))
    if name == "past":
        names = sorted(PAST_NUMBERS)
        name = draw(st.sampled_from(names))
        operand = draw(truths(depth - 1, leaves) if name in {"count", "bars_since"} else numbers(depth - 1, leaves))
        return Operation(name, (operand,) if name == "bars_since" else (operand, Number(float(draw(st.integers(1, 4))))))
    return Operation(name, (draw(numbers(depth - 1, leaves)), draw(numbers(depth - 1, leaves))))


@cache
@st.composite
def truths(draw: st.DrawFn, depth: int, leaves: tuple[Node, ...]) -> Node:
    """Trees that are true, false or unknown."""
    more = ["and", "or", "not", "prev", "lag", "held", "within"] if depth else []
    name = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "crosses_above", "crosses_below", "rising", "falling", *more]))
    if name in {"not", "prev"}:
        return Operation(name, (draw(truths(depth - 1, leaves)),))
    if name in {"lag", "held", "within"}:
        return Operation(name, (draw(truths(depth - 1, leaves)), Number(float(draw(st.integers(1, 4))))))
    if name in {"rising", "falling"}:
        return Operation(name, (draw(numbers(max(depth - 1, 0), leaves)), Number(float(draw(st.integers(1, 4))))))
    part = truths(depth - 1, leaves) if name in more else numbers(max(depth - 1, 0), leaves)
    return Operation(name, (draw(part), draw(part)))


@dataclass(frozen=True)
class BarList:
    """The bars of one timeframe: close times, and the values of each bar by name or expression."""

    closes: Sequence[int]
    rows: Sequence[Mapping[Any, float]]


Market = Mapping[Timeframe, BarList]


def value(tree: Node, market: Market, timeframe: Timeframe, t: int) -> float:
    """The value of a tree at bar ``t`` of a timeframe; truths are 1.0 and 0.0, what is unknown is NaN."""
    if isinstance(tree, Number):
        return tree.value
    if t < 0 and not (isinstance(tree, Operation) and tree.name not in {*_PAST, "prev", "crosses_above", "crosses_below"}):
        return UNKNOWN  # before the first bar, only arithmetic on constants is known
    if isinstance(tree, SeriesName):
        return market[timeframe].rows[t].get(tree.name, UNKNOWN)
    if isinstance(tree, Fired):
        return market[timeframe].rows[t].get(tree, UNKNOWN)
    if isinstance(tree, Elsewhere):
        if tree.instrument:
            return market[timeframe].rows[t].get(tree, UNKNOWN)
        at = sum(close <= market[timeframe].closes[t] for close in market[tree.timeframe].closes) - 1
        return value(tree.operand, market, tree.timeframe, at) if at >= 0 else UNKNOWN
    first = tree.operands[0]
    if tree.name == "prev":
        return value(first, market, timeframe, t - 1)
    if tree.name in _PAST:
        n = int(tree.operands[1].value) if len(tree.operands) > 1 and isinstance(tree.operands[1], Number) else 1
        since = 0 if tree.name in {"ema", "bars_since"} else max(0, t - n)
        return _past(tree.name, [_finite(value(first, market, timeframe, i)) for i in range(since, t + 1)], n)
    if tree.name.startswith("crosses"):
        before = op("<=" if tree.name == "crosses_above" else ">=", *tree.operands)
        after = op(">" if tree.name == "crosses_above" else "<", *tree.operands)
        both = [value(before, market, timeframe, t - 1), value(after, market, timeframe, t)]
        return UNKNOWN if any(map(math.isnan, both)) else float(all(both))
    return _at_one_bar(tree.name, [value(each, market, timeframe, t) for each in tree.operands])


def _finite(x: float) -> float:
    return x if math.isfinite(x) else UNKNOWN


def _at_one_bar(name: str, operands: Sequence[float]) -> float:
    a, b = operands[0], operands[-1]
    if name == "and":
        return 0.0 if 0.0 in operands else UNKNOWN if any(map(math.isnan, operands)) else 1.0
    if name == "or":
        return 1.0 if 1.0 in operands else UNKNOWN if any(map(math.isnan, operands)) else 0.0
    if name == "not":
        return 1.0 - a
    if name == "negate":
        return -a
    if name == "abs":
        return abs(a)
    if name in {"min", "max"}:
        return (min if name == "min" else max)(a, b) if math.isfinite(a) and math.isfinite(b) else UNKNOWN
    if name in {"+", "-", "*"}:
        return a + b if name == "+" else a - b if name == "-" else a * b
    if name == "/":
        if b == 0.0:
            return UNKNOWN if a == 0.0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1.0, b)
        return a / b
    return float(compare(name, a, b)) if math.isfinite(a) and math.isfinite(b) else UNKNOWN


_PAST: Final = PAST_NUMBERS | PAST_TRUTHS


def _past(name: str, values: Sequence[float], n: int) -> float:
    """The operation over all values so far."""
    if name == "bars_since":
        for ago, x in enumerate(reversed(values)):
            if x != 0.0:
                return float(ago) if x == 1.0 else UNKNOWN
        return UNKNOWN
    if name == "ema":
        start = max((i + 1 for i, x in enumerate(values) if math.isnan(x)), default=0)
        known = values[start:]
        if len(known) < n:
            return UNKNOWN
        found = _added(known[:n]) / n
        for x in known[n:]:
            found = found * ((n - 1.0) / (n + 1.0)) + x * (2.0 / (n + 1.0))
        return found
    long = name in {"lag", "change", "change_pct", "percent_rank", "rising", "falling"}
    padded = [UNKNOWN] * (n + 1) + list(values)
    window = padded[-n - long :]
    if name in {"held", "within"}:
        return _at_one_bar("and" if name == "held" else "or", window)
    if name in {"rising", "falling"}:
        sign = ">" if name == "rising" else "<"
        return _at_one_bar("and", [_at_one_bar(sign, [b, a]) for a, b in pairwise(window)])
    if name == "lag":
        return window[0]
    if name in {"change", "change_pct"}:
        first, last = window[0], window[-1]
        return last - first if name == "change" else 100.0 * (last / first - 1.0) if first > 0.0 else UNKNOWN
    if any(map(math.isnan, window)):
        return UNKNOWN
    if name in {"highest", "lowest"}:
        return max(window) if name == "highest" else min(window)
    if name == "percent_rank":
        *earlier, now = window
        above = [x - now > 1e-9 * abs(now) for x in earlier]
        alike = all(abs(x - now) <= 1e-9 * abs(now) for x in earlier)
        return UNKNOWN if alike else 100.0 * (above.count(False) / n)
    total = _added(window)
    if name in {"sum", "count"}:
        return total
    mean = total / n
    if name == "sma":
        return mean
    found = math.sqrt(_added([(x - mean) * (x - mean) for x in window]) / n)
    return 0.0 if found <= 1e-9 * abs(mean) else found


def _added(values: Sequence[float]) -> float:
    total = 0.0
    for x in values:
        total += x
    return total
