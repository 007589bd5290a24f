"""The values that a condition's signal shows."""

from __future__ import annotations

from collections.abc import Iterator

from services.analysis.kernels.conditions.derived import ONE, is_derived
from services.analysis.kernels.conditions.programs import Places
from services.analysis.live.domain.signals import known
from services.analysis.live.domain.state import Floats
from shared.conditions import Condition, Node, Operation, SeriesName
from shared.conditions.expression import Elsewhere
from shared.conditions.normal import render


def evidence(condition: Condition, places: Places, now: Floats, was: Floats) -> dict[str, float | None]:
    """The columns and fields that a condition reads on its own timeframe, then its derived values by their normal form.

    ``now``, ``was``: the row of the bar and the columns and fields of the one before. A derived value has a ``.prev`` if the
    condition reads it one bar back.
    """
    own = dict.fromkeys(_own(condition.root))
    names = {node.name for node in own if isinstance(node, SeriesName)}
    found: dict[str, float | None] = {}
    for name in (*condition.columns, *condition.fields):
        if name in names:
            found[name], found[f"{name}.prev"] = known(now[places[name]]), known(was[places[name]])
    for node in own:
        if is_derived(node):
            found[render(node)] = known(now[places[node]])
            before = places.get(Operation("lag", (node, ONE)))
            if before is not None:
                found[f"{render(node)}.prev"] = known(now[before])
    return found


def _own(node: Node) -> Iterator[Node]:
    """The node and its descendants on the condition's own timeframe, in the order of the text."""
    yield node
    if isinstance(node, Operation) and not isinstance(node, Elsewhere):
        for operand in node.operands:
            yield from _own(operand)
