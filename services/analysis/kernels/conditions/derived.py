"""What conditions read besides indicators and bar fields: derived values, each once, inner ones first.

A derived value is an expression with a place of its own in the row: an operation over the past, a time field, an event, a value of
another timeframe or instrument. Only indicators and bar fields are known one bar back; any other expression one bar back is derived
as ``lag(expression, 1)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from services.analysis.kernels.conditions.past import PAST, slot_width
from shared.conditions import Condition, Node, Number, Operation, SeriesName
from shared.conditions.expression import CROSSINGS, TIME_FIELDS, Elsewhere, Fired, walk
from shared.events import Timeframe

When = Literal["now", "before"]
ONE: Final = Number(1.0)
MOST_BARS: Final = 500
"""Bars that an operation over the past may look back."""
_PAST: Final = frozenset(PAST)


def is_past(node: Node) -> bool:
    """Whether it is an operation over the past, with a state."""
    return isinstance(node, Operation) and node.name in _PAST


def is_derived(node: Node) -> bool:
    """Whether it has a place of its own in the row, and is no indicator or bar field."""
    return is_past(node) or isinstance(node, Fired | Elsewhere) or (isinstance(node, SeriesName) and node.name in TIME_FIELDS)


def place_of(node: Node, when: When) -> Node | None:
    """The derived value that stands for a node, now or one bar back; None if the node is computed from its operands."""
    if when == "before" and (is_derived(node) or (isinstance(node, Operation) and node.name in {"prev", *CROSSINGS})):
        return Operation("lag", (node, ONE))
    return node if is_derived(node) else None


def operand_of(node: Operation) -> tuple[Node, int]:
    """The operand of an operation over the past, and n; n is 1 where there is none."""
    n = node.operands[1] if len(node.operands) > 1 else ONE
    if not isinstance(n, Number) or n.value != int(n.value) or not 1 <= n.value <= MOST_BARS:
        raise ValueError(f"{node.name} takes a whole number of bars from 1 to {MOST_BARS}, not {n!r}")
    return node.operands[0], int(n.value)


def derived_values(node: Node, when: When = "now") -> Iterator[Node]:
    """The derived values that a row must have to evaluate a node, inner ones first; values may come more than once."""
    place = place_of(node, when)
    if place is not None:
        if isinstance(place, Operation):
            yield from derived_values(operand_of(place)[0])
        yield place
    elif isinstance(node, Operation):
        for operand in node.operands:
            if node.name != "prev":
                yield from derived_values(operand, when)
            if node.name == "prev" or node.name in CROSSINGS:
                yield from derived_values(operand, "before")


def width_of(node: Node) -> int:
    """Floats of state of a derived value."""
    if not isinstance(node, Operation) or not is_past(node):
        return 0
    return slot_width(node.name, operand_of(node)[1])


def is_local(node: Node) -> bool:
    """Whether it depends on its own series alone."""
    return not any(isinstance(each, Elsewhere) for each in walk(node))


@dataclass
class SeriesNeeds:
    """What the series of one timeframe must provide."""

    derived: dict[Node, None] = field(default_factory=dict)
    """Derived values of its own rows, inner ones first."""
    exported: dict[Node, None] = field(default_factory=dict)
    """Expressions whose values other timeframes read."""


def derived_needs(nodes: Iterable[Node]) -> SeriesNeeds:
    """What one series must provide to evaluate some expressions."""
    return SeriesNeeds(dict.fromkeys(each for node in nodes for each in derived_values(node)))


def needs_of(condition: Condition) -> dict[Timeframe, SeriesNeeds]:
    """What a condition needs, by timeframe; empty where it only reads indicators and bar fields.

    Raises:
        ValueError: an operation over the past has no valid number of bars.
    """
    own = list(dict.fromkeys(derived_values(condition.root)))
    found: dict[Timeframe, SeriesNeeds] = {}
    if own:
        found[condition.timeframe] = SeriesNeeds(dict.fromkeys(own))
    for node in own:
        if isinstance(node, Elsewhere) and not node.instrument:
            there = found.setdefault(node.timeframe, SeriesNeeds())
            there.derived |= dict.fromkeys(derived_values(node.operand))
            there.exported[node.operand] = None
    return found
