"""Random conditions in random spellings, and a reference evaluation that follows docs/conditions.md."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

COLUMNS = ("rsi_14", "sma_200", "macd", "bb_upper_20", "rsi_21", "bb_lower_5_1.5")
FIELDS = ("open", "high", "low", "close", "volume")
LONG_NAMES = {"bb_upper_20": "bb_upper_20_2", "macd": "macd_12_26_9", "rsi_14": "rsi_14.0"}
Tree = tuple[Any, ...]
Row = Mapping[str, float]


@cache  # to make and check a strategy takes longer than to draw from it
@st.composite
def numbers(draw: st.DrawFn, depth: int, allow_prev: bool) -> Tree:
    """Trees whose value is a number; with ``past``, prev may stand in them."""
    more = ["+", "-", "*", "/", "negate", *(["prev"] if allow_prev else [])] if depth else []
    name = draw(st.sampled_from(["series", "number", *more]))
    if name == "series":
        return name, draw(st.sampled_from((*COLUMNS, *FIELDS)))
    if name == "number":
        return name, draw(st.sampled_from((0.0, 1.0, 2.0, 30.0, 0.5, 1e-7, 12345.678, 1e15)))
    if name in {"negate", "prev"}:
        return name, draw(numbers(depth - 1, allow_prev and name != "prev"))
    return name, draw(numbers(depth - 1, allow_prev)), draw(numbers(depth - 1, allow_prev))


@cache
@st.composite
def truths(draw: st.DrawFn, depth: int, allow_prev: bool = True) -> Tree:
    """Trees that are true, false or unknown."""
    more = ["and", "or", "not", *(["prev"] if allow_prev else [])] if depth else []
    crossings = ["crosses_above", "crosses_below"] if allow_prev else []
    name = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!=", *crossings, *more]))
    if name in {"not", "prev"}:
        return name, draw(truths(depth - 1, allow_prev and name != "prev"))
    part = truths(depth - 1, allow_prev) if name in more else numbers(1, False) if name in crossings else numbers(2, allow_prev)
    return name, draw(part), draw(part)


def names_something(tree: Tree) -> bool:
    return tree[0] == "series" or any(names_something(part) for part in tree[1:] if isinstance(part, tuple))


@st.composite
def conditions(draw: st.DrawFn) -> Tree:
    """Valid conditions."""
    return draw(truths(3).filter(names_something))


BINDING = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "negate": 7} | dict.fromkeys(
    ("<", "<=", ">", ">=", "==", "!="), 4
)


def spelled(tree: Tree, choose: Callable[[int], int], least: int = 0) -> str:
    """The tree as a user might type it: redundant parentheses, capitals, spaces, synonyms."""
    name, *parts = tree
    gap = " " * (1 + choose(2))
    room = " " * choose(3)
    if name == "number":
        text = f"{parts[0]:g}" if choose(2) and float(f"{parts[0]:g}") == parts[0] else repr(parts[0])
    elif name == "series":
        series: str = parts[0]
        text = LONG_NAMES.get(series, series) if choose(2) else series
        text = text.upper() if choose(4) == 0 else text
    elif name.startswith("crosses") and least <= 4 and choose(2):
        a, b = (spelled(part, choose, 5) for part in parts)
        return _wrapped(f"{a}{gap}{name.replace('_', ' ')}{gap}{b}", least > 4 or choose(5) == 0)
    elif name.startswith("crosses") or name == "prev":
        text = f"{name}{room}({f'{room},{gap}'.join(spelled(part, choose) for part in parts)})"
    elif name in {"not", "negate"}:
        binding = BINDING[name]
        text = {"not": f"not{gap}", "negate": f"-{room}"}[name] + spelled(parts[0], choose, binding)
        return _wrapped(text, binding < least or choose(5) == 0)
    else:
        binding = BINDING[name]
        joint = f"{gap}{name.upper() if choose(3) == 0 else name}{gap}" if name.isalpha() else f"{room}{name}{room}"
        text = joint.join(spelled(part, choose, binding + (i > 0 or binding == 4)) for i, part in enumerate(parts))
        return _wrapped(text, binding < least or choose(5) == 0)
    return _wrapped(text, choose(8) == 0)


def _wrapped(text: str, needed: bool) -> str:
    return f"({text})" if needed else text


def evaluate(tree: Tree, rows: Sequence[Row], t: int) -> bool | None:
    """True, False, or None if unknown."""
    name, *parts = tree
    if name == "and":
        found = [evaluate(part, rows, t) for part in parts]
        return False if False in found else None if None in found else True
    if name == "or":
        found = [evaluate(part, rows, t) for part in parts]
        return True if True in found else None if None in found else False
    if name == "not":
        output = evaluate(parts[0], rows, t)
        return None if output is None else not output
    if name == "prev":
        return evaluate(parts[0], rows, t - 1)
    a, b = (number_value(part, rows, t) for part in parts)
    if name.startswith("crosses"):
        c, d = (number_value(part, rows, t - 1) for part in parts)
        if not all(map(math.isfinite, (a, b, c, d))):
            return None
        first, then = ("<=", ">") if name == "crosses_above" else (">=", "<")
        return compare(first, c, d) and compare(then, a, b)
    return compare(name, a, b) if math.isfinite(a) and math.isfinite(b) else None


def compare(sign: str, a: float, b: float) -> bool:
    """Values that differ by at most 1e-9 of the larger one are equal."""
    near = 1e-9 * max(abs(a), abs(b))
    greater, less = a - b > near, a - b < -near
    return {"<": less, ">": greater, "<=": not greater, ">=": not less, "==": not (less or greater), "!=": less or greater}[sign]


def number_value(tree: Tree, rows: Sequence[Row], t: int) -> float:
    """A number; NaN if unknown."""
    name, *parts = tree
    if name == "number":
        return float(parts[0])
    if name == "series":
        return rows[t][parts[0]] if t >= 0 else math.nan
    if name == "prev":
        return number_value(parts[0], rows, t - 1)
    if name == "negate":
        return -number_value(parts[0], rows, t)
    a, b = (number_value(part, rows, t) for part in parts)
    if name == "/":
        if b == 0.0:
            return math.nan if a == 0.0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1.0, b)
        return a / b
    return a + b if name == "+" else a - b if name == "-" else a * b
