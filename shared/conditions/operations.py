"""Operations with their types checked and their spellings unified. All raise ``ConditionError`` without a text."""

from __future__ import annotations

from typing import Final

from shared.conditions.events import events
from shared.conditions.expression import (
    CONNECTIVES,
    PAST_NUMBERS,
    PAST_TRUTHS,
    Elsewhere,
    Fired,
    Node,
    Number,
    Operation,
    SeriesName,
    is_boolean,
    walk,
)
from shared.conditions.functions import EXAMPLES, OF_TRUTHS
from shared.conditions.literals import Clock, Percent, Weekday, fraction, is_price, plain
from shared.conditions.normal import render
from shared.conditions.problems import ConditionError
from shared.conditions.vocabulary import resolve

MIRRORED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
MOST_BARS: Final = 500
"""The largest number of bars of a function, and how far ``x[n]`` reaches."""
_SAME_WAY: Final = ({"<", "<="}, {">", ">="}, {"=="})


def truth(node: Node, sign: str) -> Node:
    """The node as a truth: a name that is a column and a rule is the rule here."""
    if is_boolean(node):
        return node
    if isinstance(node, Weekday):
        return Operation("==", (SeriesName("weekday", node.at), Number(node.value, node.at)), node.at)
    if isinstance(node, SeriesName) and node.name in events():
        return events()[node.name].fired("", "", "", node.at)
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
        raise ConditionError("written", "", node.at, found="gap", example="open / prev_session_close - 1")
    if is_boolean(node):
        raise ConditionError("number", "", node.at, sign=sign)
    return plain(node)


def compare(left: Node, sign: str, right: Node, at: int) -> Node:
    """A comparison, or one more in a chain: ``1 < x < 3`` is ``x > 1 and x < 3``."""
    if _is_chain(left) and not is_boolean(right):
        earlier = left.operands if isinstance(left, Operation) and left.name == "and" else (left,)
        last = earlier[-1]
        if isinstance(last, Comparison) and any({last.typed, sign} <= signs for signs in _SAME_WAY):
            return Chain("and", (*earlier, _comparison(last.right, sign, right)), left.at)
    for operand in (left, right):
        if isinstance(operand, Fired):
            number(operand, sign)
        if is_boolean(operand):
            raise ConditionError("chained", "", at)
    return _comparison(left, sign, right)


class Comparison(Operation):
    """A comparison while a chain may go on behind it: it remembers how it was typed. Equal to an Operation after ``settle``."""

    typed: str
    left: Node
    right: Node


class Chain(Operation):
    """Comparisons that were chained."""


class Omitted(Operation):
    """A comparison without its first value, as in ``rsi_14 > 30 and < 70``: of the one before it."""


def omitted(sign: str, right: Node, at: int) -> Node:
    """A comparison whose first value is that of the comparison before it; with a price, the close."""
    if isinstance(right, SeriesName) and is_price(right.name):
        return _comparison(SeriesName("close", at), sign, right)
    return Omitted(sign, (right,), at)


def _completed(earlier: Node, node: Node) -> Node:
    if not isinstance(node, Omitted):
        return node
    while isinstance(earlier, Operation) and earlier.name in CONNECTIVES:
        earlier = earlier.operands[-1]
    if not isinstance(earlier, Comparison):
        raise ConditionError("subject", "", node.at)
    return compare(earlier.left, node.name, node.operands[0], node.at)


def settle(node: Node) -> Node:
    """The node without the classes that only the parser needs."""
    if isinstance(node, Omitted):
        raise ConditionError("subject", "", node.at)
    if isinstance(node, Operation):
        return Operation(node.name, tuple(settle(operand) for operand in node.operands), node.at)
    if isinstance(node, Elsewhere):
        return type(node)(settle(node.operand), node.timeframe, node.instrument, node.at)
    return node


def grouped(node: Node) -> Node:
    """The node in parentheses: a chain ends there."""
    if isinstance(node, Comparison | Chain):
        return Operation(node.name, node.operands, node.at)
    return node


def _is_chain(node: Node) -> bool:
    return isinstance(node, Comparison | Chain)


def _comparison(left: Node, sign: str, right: Node) -> Comparison:
    first, second = plain(left, right), plain(right, left)
    if (
        isinstance(right, Percent)
        and isinstance(first, SeriesName)
        and first.name.startswith("drawdown")
        and sign in {">", ">="}
        and right.value > 0
    ):
        example = f"{first.name} {MIRRORED[sign]} -{render(second)}"
        raise ConditionError("drawdown", "", left.at, found=f"{first.name} {sign} {render(second)}", example=example)
    if is_constant(first) and not is_constant(second):
        found = Comparison(MIRRORED[sign], (second, first), left.at)
    else:
        found = Comparison(sign, (first, second), left.at)
    _refuse_never(found)
    object.__setattr__(found, "typed", sign)
    object.__setattr__(found, "left", left)
    object.__setattr__(found, "right", right)
    return found


def _refuse_never(node: Operation) -> None:
    """``high > highest(high, 20)``: the highest of 20 bars includes this one."""
    price, past = node.operands
    sign = node.name
    if isinstance(price, Operation):
        past, price, sign = price, past, MIRRORED[sign]
    wanted = {">": ("highest", "high"), "<": ("lowest", "low")}.get(sign)
    if wanted is None or not isinstance(price, SeriesName) or not isinstance(past, Operation) or past.name != wanted[0]:
        return
    inner = past.operands[0]
    if inner == price or (
        isinstance(inner, SeriesName) and inner.name == wanted[1] and price.name in {"open", "high", "low", "close"}
    ):
        example = f"{render(price)} {sign} prev({render(past)})"
        raise ConditionError(
            "never", "", node.at, found=f"{render(price)} {sign} {render(past)}", bars=render(past.operands[1]), example=example
        )


def crossing(name: str, left: Node, right: Node, at: int) -> Node:
    """``crosses_above`` or ``crosses_below``."""
    first, second = plain(left, right), plain(right, left)
    return Operation(name, (number(first, name), number(second, name)), at)


def connective(name: str, left: Node, right: Node) -> Node:
    """``and`` or ``or``, of as many as stand beside each other."""
    operands: list[Node] = []
    for operand in (truth(left, name), truth(_completed(left, right), name)):
        same = isinstance(operand, Operation) and operand.name == name
        operands += operand.operands if same and isinstance(operand, Operation) else [operand]
    return Operation(name, tuple(operands), left.at)


def opposite(operand: Node, at: int) -> Node:
    """``not``; twice is nothing."""
    operand = truth(operand, "not")
    if isinstance(operand, Operation) and operand.name == "not":
        return operand.operands[0]
    return Operation("not", (operand,), at)


def arithmetic(sign: str, left: Node, right: Node) -> Node:
    """``+ - * /``; ``x + 3%`` is ``x * 1.03``."""
    if isinstance(right, Percent) and sign in {"+", "-"} and not is_constant(left):
        part = right.value if sign == "+" else -right.value
        return Operation("*", (number(left, sign), Number(fraction(100 + part), right.at)), left.at)
    return Operation(sign, (number(left, sign), number(right, sign)), left.at)


def negative(operand: Node, at: int) -> Node:
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
            "window", "", bars.at or at, found=render(plain(bars)), sign=name, most=MOST_BARS, example=EXAMPLES[name]
        )
    operand = truth(operand, name) if name in OF_TRUTHS else number(operand, name)
    if is_constant(operand):
        raise ConditionError("constant", "", operand.at)
    column = _column(name, operand, count)
    return column or Operation(name, (operand, Number(float(count))), at)


def largest(name: str, values: tuple[Node, ...], at: int) -> Node:
    """``min`` or ``max`` of two or more values."""
    first, *rest = (number(value, name) for value in values)
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


def rebuilt(node: Operation, operands: tuple[Node, ...]) -> Node:
    """The operation over operands that may have changed, with its spellings unified again."""
    name, first = node.name, operands[0]
    if name == "prev":
        return lagged(first, 1, node.at)
    if name == "lag":
        return lagged(first, bars_of(operands[1]), node.at)
    if name in PAST_NUMBERS | PAST_TRUTHS and len(operands) > 1:
        return windowed(name, first, operands[1], node.at)
    if name == "not":
        return opposite(first, node.at)
    if name == "negate":
        return negative(first, node.at)
    if name in {"min", "max"}:
        return largest(name, operands, node.at)
    if name in CONNECTIVES:
        found = first
        for operand in operands[1:]:
            found = connective(name, found, operand)
        return found
    return Operation(name, operands, node.at)


def bars_of(node: Node) -> int:
    """The whole number that a node is; -1 if it is none."""
    return int(node.value) if type(node) is Number and node.value == int(node.value) else -1


def is_constant(node: Node) -> bool:
    """Whether it has the same value on every bar."""
    return not any(isinstance(each, SeriesName | Fired) for each in walk(node))


def _column(name: str, operand: Node, count: int) -> Node | None:
    """``sma(close, 200)`` is the column ``sma_200``. Raises where the column has no such parameters."""
    if not isinstance(operand, SeriesName) or (name, operand.name) not in {("sma", "close"), ("ema", "close"), ("sma", "volume")}:
        return None
    stem = "volume_sma" if operand.name == "volume" else name
    try:
        return SeriesName(resolve(f"{stem}_{count}").column, operand.at)
    except ConditionError as error:
        raise ConditionError(error.code, "", operand.at, **error.values) from None
