"""The expression tree of a condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

BAR_FIELDS: Final = ("open", "high", "low", "close", "volume")
"""The fields of a bar, adjusted as in indicators."""
COMPARISONS: Final = frozenset({"<", "<=", ">", ">=", "==", "!="})
CROSSINGS: Final = frozenset({"crosses_above", "crosses_below"})
CONNECTIVES: Final = frozenset({"and", "or"})
BOOLEAN_OPERATIONS: Final = COMPARISONS | CROSSINGS | CONNECTIVES | {"not"}
"""Operations whose value is true, false or unknown. ``prev`` has the type of its operand; all others are numbers."""


@dataclass(frozen=True)
class Number:
    """A constant, not negative."""

    value: float
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class SeriesName:
    """The canonical name of an indicator column or a bar field."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Operation:
    """``name`` over its operands: ``not``, ``negate`` and ``prev`` have one, ``and`` and ``or`` two or more, all others two.

    ``negate`` is the minus before a value.
    """

    name: str
    operands: tuple[Node, ...]
    at: int = field(default=0, compare=False)
    """Position in the text, for errors."""


Node = Number | SeriesName | Operation


def is_boolean(node: Node) -> bool:
    """Whether the value is boolean; otherwise it is a number."""
    if isinstance(node, Operation) and node.name == "prev":
        return is_boolean(node.operands[0])
    return isinstance(node, Operation) and node.name in BOOLEAN_OPERATIONS


def walk(node: Node) -> Iterator[Node]:
    """The node and all its descendants, in the order of the text."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        if isinstance(found, Operation):
            waiting += reversed(found.operands)


def stack_size(node: Node) -> int:
    """Stack entries that a stack machine needs for it, operands pushed from left to right."""
    if not isinstance(node, Operation):
        return 1
    if node.name in CROSSINGS:  # current and previous values: four
        return max(stack_size(operand) + i for i, operand in enumerate(node.operands * 2))
    if node.name in CONNECTIVES:  # evaluated from the left, two at a time
        first, *rest = node.operands
        return max(stack_size(first), *(stack_size(operand) + 1 for operand in rest))
    return max(stack_size(operand) + i for i, operand in enumerate(node.operands))
