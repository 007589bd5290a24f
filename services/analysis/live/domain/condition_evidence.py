"""The values that a condition's signal shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.analysis.kernels.conditions.derived import ONE, is_derived
from services.analysis.kernels.conditions.programs import Places
from services.analysis.live.domain.signals import finite_or_none
from services.analysis.live.domain.state import Floats
from shared.conditions import Condition, Node, Operation, SeriesName
from shared.conditions.expression import Elsewhere
from shared.conditions.normal_form import render


@dataclass(frozen=True)
class ShownValue:
    """A value of a condition's evidence."""

    name: str
    place: int
    before: bool
    """Whether it is read from the row of the bar before."""


def shown_values(condition: Condition, places: Places) -> tuple[ShownValue, ...]:
    """The columns and fields that a condition reads on its own timeframe, then its derived values by their normal form.

    A derived value has a ``.prev`` if the condition reads it one bar back.
    """
    own = dict.fromkeys(_own(condition.root))
    names = {node.name for node in own if isinstance(node, SeriesName)}
    found = []
    for name in (*condition.columns, *condition.fields):
        if name in names:
            found += [ShownValue(name, places[name], False), ShownValue(f"{name}.prev", places[name], True)]
    for node in own:
        if is_derived(node):
            found.append(ShownValue(render(node), places[node], False))
            before = places.get(Operation("lag", (node, ONE)))
            if before is not None:
                found.append(ShownValue(f"{render(node)}.prev", before, False))
    return tuple(found)


def evidence(shown: Iterable[ShownValue], current_values: Floats, previous_values: Floats) -> dict[str, float | None]:
    """The values at a bar; ``current_values``, ``previous_values``: its row, and the columns and fields of the bar before."""
    return {each.name: finite_or_none(previous_values[each.place] if each.before else current_values[each.place]) for each in shown}


def _own(node: Node) -> Iterator[Node]:
    """The node and its descendants on the condition's own timeframe, in the order of the text."""
    yield node
    if isinstance(node, Operation) and not isinstance(node, Elsewhere):
        for operand in node.operands:
            yield from _own(operand)
