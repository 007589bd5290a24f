"""Rendering a condition in its normal form, the same for all spellings."""

from __future__ import annotations

from typing import Final

from shared.conditions.expression import COMPARISONS, CONNECTIVES, Elsewhere, Fired, Node, Number, Operation, SeriesName

BINDING: Final = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "negate": 7} | dict.fromkeys(COMPARISONS, 4)
"""Operator precedence; functions, names and numbers have the highest, ``ATOM``."""
ATOM: Final = 8


def render(node: Node, min_binding: int = 0) -> str:
    """The node as text, in parentheses if its precedence is below ``min_binding``."""
    if isinstance(node, Number):
        return _number(node.value)
    if isinstance(node, Fired):
        return node.name
    if isinstance(node, Elsewhere):
        return f"{render(node.operand, ATOM)}[{node.timeframe}]"
    if isinstance(node, SeriesName):
        return node.name
    binding = BINDING.get(node.name, ATOM)
    text = _operation(node, binding)
    return f"({text})" if binding < min_binding else text


def _operation(node: Operation, binding: int) -> str:
    if binding == ATOM:
        return f"{node.name}({', '.join(render(operand) for operand in node.operands)})"
    if node.name == "not":
        return f"not {render(node.operands[0], binding)}"
    if node.name == "negate":
        return f"-{render(node.operands[0], binding)}"
    first, *rest = node.operands
    # Left-associative: 1 - (2 - 3) keeps its parentheses, (1 - 2) - 3 needs none. Operands of comparisons are never comparisons.
    left = render(first, binding + (node.name in CONNECTIVES))
    return f" {node.name} ".join([left, *(render(operand, binding + 1) for operand in rest)])


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
