"""Comparisons, chains of them, crossings, ``and`` and ``or``. All functions raise ``ConditionError`` without a text."""

from __future__ import annotations

from typing import Final

from shared.conditions.errors import ConditionError
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
)
from shared.conditions.lexicon import LEVELS
from shared.conditions.literals import PRICES, Percent, is_price, kind_of, plain
from shared.conditions.normal_form import render
from shared.conditions.operations import (
    bars_of,
    is_constant,
    lagged,
    largest,
    logical_not,
    number,
    truth,
    unary_minus,
    windowed,
)

MIRRORED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_SAME_WAY: Final = ({"<", "<="}, {">", ">="}, {"=="})


class Comparison(Operation):
    """A comparison while a chain may go on behind it: it remembers how it was typed. Equal to an Operation after ``settle``."""

    typed: str
    left: Node
    right: Node


class Chain(Operation):
    """Comparisons that were chained."""


class Crossing(Operation):
    """A crossing that was typed with a sign: a comparison behind it is of its first value."""


class OmittedTrend(Operation):
    """A trend without its value: of the first value of the comparison before it, or of the close."""


class OmittedCrossing(Operation):
    """A crossing without its first value: of the first value of the comparison before it. The operands are the second, twice."""


class Implied(SeriesName):
    """The close, where no value is named that is compared with a price: it is on any timeframe."""


class Omitted(Operation):
    """A comparison without its first value, as in ``rsi_14 > 30 and < 70``: of the one before it.

    The operands are the second value, twice.
    """


def compare(left: Node, sign: str, right: Node, at: int) -> Node:
    """A comparison, or one more in a chain: ``1 < x < 3`` is ``x > 1 and x < 3``."""
    if isinstance(left, Comparison) and is_level(right) and is_constant(left.right) and _is_oscillator(left.left):
        return connective("and", left, compared(Implied("close", at), sign, right))  # 'rsi below 10 above 200 sma'
    if _is_chain(left) and not is_boolean(right):
        earlier = left.operands if isinstance(left, Operation) and left.name == "and" else (left,)
        last = earlier[-1]
        if isinstance(last, Comparison) and any({last.typed, sign} <= signs for signs in _SAME_WAY):
            return Chain("and", (*earlier, compared(last.right, sign, right)), left.at)
    if isinstance(left, Crossing) and not is_boolean(right):
        return connective("and", left, compared(left.operands[0], sign, right))
    for operand in (left, right):
        if isinstance(operand, Fired):
            number(operand, sign)
        if is_boolean(operand):
            raise ConditionError("chained", "", at)
    return compared(left, sign, right)


def omitted(sign: str, right: Node, at: int) -> Node:
    """A comparison whose first value is that of the comparison before it; with a price, the close."""
    if is_level(right):
        return compared(Implied("close", at), sign, right)
    return Omitted(sign, (right, right), at)


def is_level(node: Node) -> bool:
    """Whether it is a price, a multiple of one, or one of another timeframe: with these the close can be compared."""
    if isinstance(node, Elsewhere) and not node.instrument:
        node = node.operand
    if isinstance(node, Operation) and node.name == "*" and isinstance(node.operands[0], Number):  # '10% below sma_50'
        node = node.operands[1]
    if isinstance(node, Operation) and node.name in {"prev", "lag"}:  # 'below prev(low)'
        return _is_price(node.operands[0])
    return isinstance(node, SeriesName) and is_price(node.name)


def settle(node: Node) -> Node:
    """The node without the classes that only the parser needs."""
    if isinstance(node, Omitted | OmittedCrossing):
        raise ConditionError("subject", "", node.at)
    if isinstance(node, Operation):
        return Operation(node.name, tuple(settle(operand) for operand in node.operands), node.at)
    if isinstance(node, Elsewhere):
        return type(node)(settle(node.operand), node.timeframe, node.instrument, node.at)
    return node


def grouped(node: Node) -> Node:
    """The node in parentheses: a chain ends there."""
    if isinstance(node, Comparison | Chain | Crossing | OmittedTrend):
        return Operation(node.name, node.operands, node.at)
    return node


def crossing(name: str, left: Node, right: Node, at: int) -> Node:
    """``crosses_above`` or ``crosses_below``."""
    first, second = number(plain(left, right), name), number(plain(right, left), name)
    return Crossing(name, (first, second), at)


def connective(name: str, left: Node, right: Node) -> Node:
    """``and`` or ``or``, of as many as stand beside each other."""
    operands: list[Node] = []
    for operand in (truth(left, name), truth(_completed(left, right), name)):
        same = isinstance(operand, Operation) and operand.name == name
        operands += operand.operands if same and isinstance(operand, Operation) else [operand]
    return Operation(name, tuple(operands), left.at)


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
        return logical_not(first, node.at)
    if name == "negate":
        return unary_minus(first, node.at)
    if name in {"min", "max"}:
        return largest(name, operands, node.at)
    if name in CONNECTIVES:
        found = first
        for operand in operands[1:]:
            found = connective(name, found, operand)
        return found
    return Operation(name, operands, node.at)


def _completed(earlier: Node, node: Node) -> Node:
    while isinstance(earlier, Operation) and earlier.name in CONNECTIVES:
        earlier = earlier.operands[-1]
    value = isinstance(node, SeriesName) and is_price(node.name) and node.name not in events()  # a rule's name alone is the rule
    if value and isinstance(earlier, Comparison) and _is_price(earlier.left):
        return compare(earlier.left, earlier.typed, node, node.at)
    if isinstance(node, OmittedTrend):
        return windowed(node.name, _subject(earlier) or node.operands[0], node.operands[1], node.at)
    if not isinstance(node, Omitted | OmittedCrossing):
        return node
    subject = _subject(earlier)
    if subject is None:
        raise ConditionError("subject", "", node.at)
    if isinstance(node, OmittedCrossing):
        return crossing(node.name, subject, node.operands[0], node.at)
    return compare(subject, node.name, node.operands[0], node.at)


def _subject(node: Node) -> Node | None:
    """What a comparison or crossing is about; of ``30 < rsi_14`` the RSI."""
    if isinstance(node, Comparison):
        return node.right if is_constant(node.left) else node.left
    if isinstance(node, Operation) and (isinstance(node, Crossing) or node.name in {"rising", "falling"}):
        return node.operands[0]
    return None


def _is_price(node: Node) -> bool:
    return isinstance(node, SeriesName) and (node.name in PRICES - {"volume"} or is_price(node.name))


def _is_oscillator(node: Node) -> bool:
    return isinstance(node, SeriesName) and kind_of(node.name) in LEVELS


def _is_chain(node: Node) -> bool:
    return isinstance(node, Comparison | Chain)


def compared(left: Node, sign: str, right: Node) -> Comparison:
    """A comparison of two values; constants go to the right. A truth is refused here, whatever words the comparison is made of."""
    first, second = number(plain(left, right), sign), number(plain(right, left), sign)
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
    object.__setattr__(found, "typed", sign)
    object.__setattr__(found, "left", left)
    object.__setattr__(found, "right", right)
    return found
