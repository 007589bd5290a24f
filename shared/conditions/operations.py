"""Operations with their types checked and their spellings unified. All raise ``ConditionError`` without a text."""

from __future__ import annotations

from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.events import events
from shared.conditions.expression import (
    BAR_FIELDS,
    Elsewhere,
    Fired,
    Node,
    Number,
    Operation,
    SeriesName,
    is_boolean,
    walk,
)
from shared.conditions.functions import OF_TRUTHS, example
from shared.conditions.literals import Clock, Percent, Weekday, fraction, is_candlestick, plain, signed
from shared.conditions.normal_form import render
from shared.conditions.vocabulary import resolve

MOST_BARS: Final = 500
"""The largest number of bars of a function, and how far ``x[n]`` reaches."""
_COLUMNS: Final = frozenset({("sma", "close"), ("ema", "close"), ("percent_rank", "close"), ("sma", "volume")})
"""Functions that are columns where they are of these fields."""


def truth(node: Node, sign: str) -> Node:
    """The node as a truth: a name that is a column and a rule is the rule here."""
    if is_boolean(node):
        return node
    if isinstance(node, Weekday):
        return Operation("==", (SeriesName("weekday", node.at), Number(node.value, node.at)), node.at)
    if isinstance(node, SeriesName) and node.name in events():
        return events()[node.name].fired("", "", "", node.at)
    if isinstance(node, SeriesName) and is_candlestick(node.name):
        return Operation("!=", (node, Number(0.0, node.at)), node.at)
    if isinstance(node, Operation) and node.name in {"prev", "lag"} and not is_boolean(node):
        return Operation(node.name, (truth(node.operands[0], sign), *node.operands[1:]), node.at)
    if isinstance(node, Elsewhere):
        return Elsewhere(truth(node.operand, sign), node.timeframe, node.instrument, node.at)
    raise ConditionError("truth", "", node.at, sign=sign)


def truth_if_possible(node: Node) -> Node:
    """The node as a truth, or as it is where it is none."""
    try:
        return truth(node, "")
    except ConditionError:
        return node


def number(node: Node, sign: str) -> Node:
    """The node as a number; of literals percents alone."""
    if isinstance(node, Fired) and node.name == "gap" and not node.parameters:
        size = "1 - open / prev_session_close" if node.event == "down" else "open / prev_session_close - 1"
        raise ConditionError("written", "", node.at, found="gap", example=size)
    if is_boolean(node):
        raise ConditionError("number", "", node.at, sign=sign)
    return plain(node)


def logical_not(operand: Node, at: int) -> Node:
    """``not``; twice is nothing."""
    operand = truth(operand, "not")
    if isinstance(operand, Operation) and operand.name == "not":
        return operand.operands[0]
    return Operation("not", (operand,), at)


def arithmetic(sign: str, left: Node, right: Node) -> Node:
    """``+ - * /``; ``x + 3%`` is ``x * 1.03``."""
    if isinstance(right, Percent) and sign in {"+", "-"} and not is_constant(left):
        part = right.value if sign == "+" else -right.value
        return Operation("*", (number(left, sign), signed(fraction(100 + part), right.at)), left.at)
    return Operation(sign, (number(left, sign), number(right, sign)), left.at)


def unary_minus(operand: Node, at: int) -> Node:
    """The minus before a value; twice is nothing."""
    if isinstance(operand, Percent):
        return Percent(-operand.value, operand.at)
    operand = number(operand, "-")
    if isinstance(operand, Operation) and operand.name == "negate":
        return operand.operands[0]
    return Operation("negate", (operand,), at)


def lagged(operand: Node, bars: int, at: int) -> Node:
    """``x[n]``: x itself for 0, ``prev(x)`` for 1; the bars of nested ones add up."""
    if not 0 <= bars <= MOST_BARS:
        raise ConditionError("bars", "", at, found=f"[{bars}]", most=MOST_BARS)
    if isinstance(operand, Clock | Weekday | Percent):
        operand = plain(operand)
    if bars == 0:
        return operand
    if isinstance(operand, Operation) and operand.name in {"prev", "lag"}:
        more = 1 if operand.name == "prev" else bars_of(operand.operands[1])
        return lagged(operand.operands[0], bars + more, at)
    if bars == 1:
        return Operation("prev", (operand,), at)
    if is_constant(operand):
        raise ConditionError("constant", "", operand.at)
    return Operation("lag", (operand, Number(float(bars))), at)


def windowed(name: str, operand: Node, bars: Node, at: int) -> Node:
    """A function of the newest n bars."""
    count = bars_of(bars)
    if not 1 <= count <= MOST_BARS:
        raise ConditionError(
            "window", "", bars.at or at, found=render(plain(bars)), sign=name, most=MOST_BARS, example=example(name)
        )
    operand = truth(operand, name) if name in OF_TRUTHS else number(operand, name)
    if is_constant(operand):
        raise ConditionError("constant", "", operand.at)
    column = _column(name, operand, count)
    return column or Operation(name, (operand, Number(float(count))), at)


def largest(name: str, values: tuple[Node, ...], at: int) -> Node:
    """``min`` or ``max`` of two or more values."""
    first, *rest = (number(value, name) for value in values)
    # other programs write the number of bars first: max(252, high)
    if len(rest) == 1 and bars_of(first) > 1 and isinstance(rest[0], SeriesName) and rest[0].name in BAR_FIELDS:
        first, rest = rest[0], [first]
    count = bars_of(rest[-1]) if len(rest) == 1 else 0
    if 2 <= count <= MOST_BARS and isinstance(first, SeriesName):
        past = "highest" if name == "max" else "lowest"
        raise ConditionError(
            "instead", "", at, found=f"'{name}({render(first)}, {count})'", instead=f"'{past}({render(first)}, {count})'"
        )
    found = first
    for value in rest:
        found = Operation(name, (found, value), at)
    return found


def bars_of(node: Node) -> int:
    """The whole number that a node is; -1 if it is none."""
    return int(node.value) if type(node) is Number and node.value == int(node.value) else -1


def is_constant(node: Node) -> bool:
    """Whether it has the same value on every bar."""
    return not any(isinstance(each, SeriesName | Fired) for each in walk(node))


def _column(name: str, operand: Node, count: int) -> Node | None:
    """``sma(close, 200)`` is the column ``sma_200``. Raises where the column has no such parameters."""
    if not isinstance(operand, SeriesName) or (name, operand.name) not in _COLUMNS:
        return None
    stem = "volume_sma" if operand.name == "volume" else name
    try:
        return SeriesName(resolve(f"{stem}_{count}").column, operand.at)
    except ConditionError as error:
        raise ConditionError(error.code, "", operand.at, **error.values) from None
