"""What a condition may hold, and what makes sense on its timeframe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.events import events
from shared.conditions.expression import (
    BAR_FIELDS,
    COMPARISONS,
    CROSSINGS,
    INDUSTRY_FIELDS,
    PAST_NUMBERS,
    PAST_TRUTHS,
    RELATIVE_FIELDS,
    TIME_FIELDS,
    Elsewhere,
    Fired,
    Node,
    Number,
    Operation,
    SeriesName,
    is_boolean,
    stack_size,
    walk,
)
from shared.conditions.literals import is_price
from shared.conditions.never import refuse_never
from shared.conditions.normal_form import render
from shared.conditions.operations import is_constant
from shared.events import PERIODS, Timeframe

LARGEST_NUMBER: Final = 1e15
MOST_OPERATIONS: Final = 60
MOST_COLUMNS: Final = 12
MOST_STACK: Final = 12
"""Stack entries that the evaluation may need."""
MOST_DERIVED: Final = 12
"""Derived series: each value that depends on more than one bar back, on another timeframe, on another instrument or on an event."""
MOST_NESTED: Final = 3
"""Functions of the past within each other."""
MOST_WINDOW: Final = 1_000
"""Bars that the functions of the past which stand within each other look back together."""
SINCE_BARS: Final = 500
"""What ``bars_since`` counts for in ``MOST_WINDOW``."""
PAST: Final = PAST_NUMBERS | PAST_TRUTHS | CROSSINGS | {"prev"}
FIELDS: Final = frozenset({*BAR_FIELDS, *TIME_FIELDS, *INDUSTRY_FIELDS, *RELATIVE_FIELDS})
_LONG: Final = frozenset(each.value for each in Timeframe if not each.row.length_ms)
USELESS: Final[dict[str, frozenset[str]]] = {
    "time": _LONG,
    "minutes_since_open": _LONG,
    "session_bar": _LONG,
    "weekday": frozenset(each.value for each in PERIODS),
    "days_to_month_end": frozenset({Timeframe.MN1.value}),
}
"""Timeframes on which a time field says nothing."""


def check(root: Node, own: Timeframe) -> None:
    """Raises ConditionError without a text where something is too large or makes no sense."""
    if not is_boolean(root):
        raise ConditionError("condition", "", root.at, example=_example(root))
    if is_constant(root):
        raise ConditionError("constant", "", root.at)
    nodes = list(walk(root))
    for node in nodes:
        if isinstance(node, Number) and node.value > LARGEST_NUMBER:  # a change in percent is read without its bounds
            raise ConditionError("magnitude", "", node.at, found=f"'{node.value:g}'", most=f"{LARGEST_NUMBER:g}")
    operations = [node for node in nodes if isinstance(node, Operation)]
    for each in operations:
        if each.name in COMPARISONS | CROSSINGS:
            refuse_never(each.name, each.operands[0], each.operands[1], each.at)
    if len(operations) > MOST_OPERATIONS:
        raise ConditionError("operations", "", operations[MOST_OPERATIONS].at, most=MOST_OPERATIONS)
    columns = {node.name: node for node in reversed(nodes) if isinstance(node, SeriesName) and node.name not in FIELDS}
    if len(columns) > MOST_COLUMNS:
        raise ConditionError("columns", "", max(columns.values(), key=lambda node: node.at).at, most=MOST_COLUMNS)
    derived = list(derived_series(root))
    if len(derived) > MOST_DERIVED:
        raise ConditionError("derived", "", derived[MOST_DERIVED].at, most=MOST_DERIVED)
    for part in (root, *(operand for node in derived for operand in _operands(node))):
        if stack_size(part) > MOST_STACK:
            raise ConditionError("deep", "", part.at)
    _check_nesting(root, 0, 0)
    _check_places(root, own, "")


def _example(node: Node) -> str:
    if isinstance(node, SeriesName) and node.name not in FIELDS:
        sign = "<" if "low" in node.name else ">"
        return f"close {sign} {node.name}" if is_price(node.name) else f"{node.name} > 30"
    return "close > 100"


def derived_series(root: Node) -> Iterator[Node]:
    """The distinct nodes that are series of their own, outer ones first: all but what the newest two rows of columns decide."""
    seen: set[Node] = set()
    waiting = [(root, False)]
    while waiting:
        node, inside = waiting.pop()
        past = isinstance(node, Operation) and node.name in PAST
        pair = isinstance(node, Operation) and node.name in CROSSINGS | {"prev"}
        if (isinstance(node, Fired | Elsewhere) or (past and (inside or not pair))) and node not in seen:
            seen.add(node)
            yield node
        inside = False if isinstance(node, Elsewhere) else inside or past
        waiting += [(operand, inside) for operand in reversed(_operands(node))]


def _operands(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Operation):
        return node.operands
    return (node.operand,) if isinstance(node, Elsewhere) else ()


def _check_nesting(node: Node, depth: int, bars: int) -> None:
    if isinstance(node, Operation) and node.name in PAST:
        depth, bars = depth + 1, bars + _window(node)
        if depth > MOST_NESTED:
            raise ConditionError("nested", "", node.at, most=MOST_NESTED)
        if bars > MOST_WINDOW:
            raise ConditionError("windows", "", node.at, most=MOST_WINDOW)
    for operand in _operands(node):
        _check_nesting(operand, depth, bars)


def _window(node: Operation) -> int:
    if node.name == "bars_since":
        return SINCE_BARS
    last = node.operands[-1]
    counted = node.name in PAST_NUMBERS | PAST_TRUTHS and isinstance(last, Number)
    return int(last.value) if counted and isinstance(last, Number) else 1


def _check_places(node: Node, frame: Timeframe, instrument: str) -> None:
    if isinstance(node, SeriesName):
        if frame in USELESS.get(node.name, ()):
            raise ConditionError(
                "useless",
                "",
                node.at,
                found=node.name,
                frame=frame.word,
                example="on 15m" if "1d" in USELESS[node.name] else "on 1d",
            )
        if node.name in INDUSTRY_FIELDS and instrument != "industry":
            raise ConditionError("instead", "", node.at, found=f"'{node.name}'", instead=f"'industry.{node.name}'")
        if node.name in RELATIVE_FIELDS and instrument not in {"industry", "benchmark"}:
            raise ConditionError("instead", "", node.at, found=f"'{node.name}'", instead=f"'benchmark.{node.name}'")
    if instrument == "industry" and (
        isinstance(node, Fired) or (isinstance(node, SeriesName) and node.name not in {*INDUSTRY_FIELDS, *RELATIVE_FIELDS})
    ):
        raise ConditionError("industry", "", node.at, found=node.name, known=", ".join((*INDUSTRY_FIELDS, *RELATIVE_FIELDS)))
    if isinstance(node, Fired) and node.source != "sequence":
        events()[node.name].check_timeframe(frame, node.at)
    if isinstance(node, Elsewhere):
        frame, instrument = node.timeframe, node.instrument
        _check_relative_alone(node)
    for operand in _operands(node):
        _check_places(operand, frame, instrument)


def _check_relative_alone(node: Elsewhere) -> None:
    """``RELATIVE_FIELDS`` are of the judged instrument, all else in the brackets of the benchmark: their sessions may differ."""
    named = [each for each in walk(node.operand) if isinstance(each, SeriesName | Fired)]
    strength = next((each for each in named if each.name in RELATIVE_FIELDS), None)
    other = next((each for each in named if each.name not in {*INDUSTRY_FIELDS, *RELATIVE_FIELDS}), None)
    if strength is not None and other is not None:
        apart = (render(Elsewhere(each, node.timeframe, node.instrument)) for each in (strength, other))
        raise ConditionError("instead", "", other.at, found=f"'{render(node)}'", instead=", ".join(f"'{each}'" for each in apart))
