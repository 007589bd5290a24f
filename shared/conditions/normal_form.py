"""Rendering a condition in its normal form, the same for all spellings."""

from __future__ import annotations

from typing import Final

from shared.conditions.events import events
from shared.conditions.expression import COMPARISONS, CONNECTIVES, Elsewhere, Fired, Node, Number, Operation, SeriesName
from shared.conditions.literals import shown

BINDING: Final = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "negate": 7} | dict.fromkeys(COMPARISONS, 4)
"""Operator precedence; functions, names and numbers have the highest, ``ATOM``."""
ATOM: Final = 8
_WORDS: Final = 4
"""Of an event in two words, as ``ema_cross up``."""


def render(node: Node, min_binding: int = 0) -> str:
    """The node as text, in parentheses if its precedence is below ``min_binding``."""
    if isinstance(node, Number):
        return _number(node.value)
    if isinstance(node, SeriesName):
        return node.name
    if isinstance(node, Elsewhere):
        place = f"{node.instrument}, {node.timeframe.word}" if node.instrument else node.timeframe.word
        return f"{render(node.operand, ATOM)}[{place}]"
    if isinstance(node, Fired):
        text = _fired(node)
        return f"({text})" if " " in text and min_binding > _WORDS and not text.endswith(")") else text
    binding = BINDING.get(node.name, ATOM)
    text = _operation(node, binding)
    return f"({text})" if binding < min_binding else text


def _operation(node: Operation, binding: int) -> str:
    if node.name == "lag":
        return f"{render(node.operands[0], ATOM)}[{render(node.operands[1])}]"
    if binding == ATOM:
        return f"{node.name}({', '.join(render(operand) for operand in node.operands)})"
    if node.name == "not":
        return f"not {render(node.operands[0], binding)}"
    if node.name == "negate":
        return f"-{render(node.operands[0], binding)}"
    first, *rest = node.operands
    if node.name in COMPARISONS and isinstance(first, SeriesName) and isinstance(rest[0], Number):
        literal = shown(first.name, rest[0].value)
        if literal:
            return f"{first.name} {node.name} {literal}"
    # Left-associative: 1 - (2 - 3) keeps its parentheses, (1 - 2) - 3 needs none. Operands of comparisons are never comparisons.
    left = render(first, binding + (node.name in CONNECTIVES))
    return f" {node.name} ".join([left, *(render(operand, binding + 1) for operand in rest)])


def _fired(node: Fired) -> str:
    if node.source == "sequence":
        return f"sequence {node.name}"
    if node.source == "pattern":
        return f"{node.name} {node.event}"
    given = ", ".join(f"{name}={_number(value)}" for name, value in node.parameters)
    kind = events().get(node.name)
    way = node.event if node.event != "any" and (kind is None or len(kind.directions) > 1) else ""
    return " ".join(filter(None, [f"{node.name}({given})" if given else node.name, way]))


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
