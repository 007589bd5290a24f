"""Errors about timeframes and numbers of bars, with the exact spelling of the whole condition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from shared.conditions.comparisons import rebuilt
from shared.conditions.errors import ConditionError
from shared.conditions.expression import Elsewhere, Fired, Node, Operation
from shared.conditions.items import Item
from shared.conditions.lexicon import WRITTEN_RULES
from shared.conditions.limits import check
from shared.conditions.loosely import NOT_EXACT
from shared.conditions.normal_form import render
from shared.events import Timeframe

Parsed = tuple[Node, Timeframe]
CODES: Final = frozenset({"unit", "useless", "fires"})


def spelled_out(error: ConditionError, found: Parsed | None, parsed: Callable[[str], Parsed | None]) -> ConditionError:
    """The error with what to write. ``found``: what the text says apart from it; ``parsed``: the tree of an exact text."""
    exact = _exact(error, *found, parsed) if found is not None and error.code in CODES else ""
    if not exact:
        return error
    values = dict(error.values)
    if error.code == "unit":
        values |= {"bars": values["example"], "example": f"{values['example']}: {exact}", "instead": exact}
    elif error.code == "useless":
        values["example"] = exact
    else:
        return ConditionError("fires_written", error.text, error.position, **values, example=exact)
    return ConditionError(error.code, error.text, error.position, **values)


def with_timeframe(error: ConditionError, items: Sequence[Item]) -> ConditionError:
    """An error whose spelling is that of the whole condition, with the timeframe at the end of the text."""
    frame = items[-1].value if [item.type for item in items[-2:]] == ["ON_ALL", "TIMEFRAME"] else ""
    if str(error.values["found"]).strip("'") not in NOT_EXACT or frame not in set(Timeframe) - {Timeframe.D1}:
        return error
    instead = f"'{str(error.values['instead']).strip(chr(39))} on {Timeframe(frame).word}'"
    return ConditionError(error.code, error.text, error.position, **error.values | {"instead": instead})


def _exact(error: ConditionError, root: Node, own: Timeframe, parsed: Callable[[str], Parsed | None]) -> str:
    """The condition on a timeframe that fits, in bars of its own, or with a rule written out; empty where it is none."""
    if error.code == "useless":
        own = Timeframe(str(error.values["example"]).removeprefix("on "))
    elif error.code == "fires":
        root = _written_out(root, str(error.values["found"]), parsed)
    try:
        check(root, own)
    except ConditionError:
        return ""
    return f"{render(root)} on {own.word}"


def _written_out(node: Node, rule: str, parsed: Callable[[str], Parsed | None]) -> Node:
    """The tree with the expressions of a rule in its place."""
    if isinstance(node, Fired) and node.name == rule and not node.parameters:
        written = WRITTEN_RULES.get(f"{rule} {node.event}", "")
        found = parsed(written) if written else None
        return found[0] if found else node
    if isinstance(node, Operation):
        return rebuilt(node, tuple(_written_out(operand, rule, parsed) for operand in node.operands))
    if isinstance(node, Elsewhere):
        return Elsewhere(_written_out(node.operand, rule, parsed), node.timeframe, node.instrument, node.at)
    return node
