"""Translates conditions to programs: postfix instructions in flat arrays, many programs in one. Needs no compilation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from services.analysis.kernels.conditions.derived import When, is_past, needs_of, operand_of, place_of
from services.analysis.kernels.conditions.stack_machine import OPERATIONS
from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.kernels.signatures import ProgramArrays, SeriesKernels
from shared.conditions import BAR_FIELDS, Condition, Node, Number, Operation, SeriesName
from shared.conditions.condition import MOST_STACK
from shared.conditions.expression import CROSSINGS

BLOCK: Final = 256
"""Bars per operation: they fit the first-level cache."""

_CODES: Final = {name: code for code, name in enumerate(OPERATIONS)}

Instruction = tuple[str, float]
Places = Mapping[str | Node, int]
"""The places of the values of a row: indicators and bar fields by name, derived values by their expression."""


@dataclass(frozen=True)
class Programs:
    """Many programs as arrays for the machine: those of the conditions first."""

    arrays: ProgramArrays
    conditions: int
    places: Places
    numbers: Mapping[Node, int] = field(default_factory=dict)
    """The numbers of the programs of expressions: operands of operations over the past, and exported expressions."""
    depth: int = MOST_STACK
    """Stack entries that the programs need."""

    def __len__(self) -> int:
        return self.conditions

    @property
    def derives(self) -> bool:
        """Whether a condition reads more than indicators and bar fields."""
        return not all(isinstance(name, str) for name in self.places)

    @property
    def width(self) -> int:
        """Values of a row."""
        return len(self.places)


def compile_conditions(conditions: Sequence[Condition], columns: Sequence[str]) -> Programs:
    """The programs of conditions over rows that hold these columns, the fields of the bar, and then the derived values.

    Raises:
        KeyError: a condition names a column that is not among them.
    """
    needs = [each for condition in conditions for each in needs_of(condition).values()]
    derived = dict.fromkeys(node for each in needs for node in each.derived)
    expressions = dict.fromkeys(operand_of(node)[0] for node in derived if isinstance(node, Operation) and is_past(node))
    expressions |= dict.fromkeys(node for each in needs for node in each.exported)
    places: dict[str | Node, int] = {name: place for place, name in enumerate((*columns, *BAR_FIELDS))}
    places |= {node: place for place, node in enumerate(derived, len(places))}
    roots = [*(condition.root for condition in conditions), *expressions]
    programs = [list(_instructions(root, places, "now")) for root in roots]
    flat = [instruction for program in programs for instruction in program]
    return Programs(
        ProgramArrays(
            np.array([_CODES[name] for name, _ in flat], np.int64),
            np.array([number for _, number in flat], np.float64),
            np.cumsum([0, *map(len, programs)]),
        ),
        len(conditions),
        places,
        {node: number for number, node in enumerate(expressions, len(conditions))},
        max([MOST_STACK, *map(_depth, programs)]),
    )


def evaluated(
    kernels: SeriesKernels, programs: Programs, chosen: Int64s, current_values: Floats, previous_values: Floats
) -> Floats:
    """Results of chosen programs at a bar: 1.0 true, 0.0 false, NaN unknown.

    ``current_values`` and ``previous_values`` are the rows (places,) of the bar and of the bar before. ``previous_values`` holds
    columns and fields alone; so does ``current_values`` if the programs read nothing else.
    """
    results = np.empty(len(chosen))
    kernels.evaluate_conditions(programs.arrays, chosen, current_values, previous_values, np.empty(programs.depth), results)
    return results


def scanned(kernels: SeriesKernels, programs: Programs, number: int, values: Floats) -> Floats:
    """The results of one program at each bar of a series: (bars,). ``values``: (places, bars). Releases the GIL."""
    results = np.empty(values.shape[1])
    kernels.scan_condition(programs.arrays, number, values, np.empty((programs.depth, BLOCK)), results)
    return results


def _instructions(node: Node, places: Places, when: When) -> Iterator[Instruction]:
    place = place_of(node, when)
    if place is not None:
        yield "now", float(places[place])
    elif isinstance(node, Number):
        yield "number", node.value
    elif isinstance(node, SeriesName):
        yield when, float(places[node.name])
    elif isinstance(node, Operation) and node.name == "prev":
        yield from _instructions(node.operands[0], places, "before")
    elif isinstance(node, Operation):
        yield from _operation(node, places, when)


def _operation(node: Operation, places: Places, when: When) -> Iterator[Instruction]:
    for i, operand in enumerate(node.operands):
        yield from _instructions(operand, places, when)
        if i > 1:  # and, or over more than two
            yield node.name, 0.0
    if node.name.startswith("crosses"):
        for operand in node.operands:
            yield from _instructions(operand, places, "before")
    yield node.name, 0.0


def _depth(program: Sequence[Instruction]) -> int:
    """Stack entries that a program needs."""
    top = most = 0
    for name, _ in program:
        top += {"number": 1, "now": 1, "before": 1, "negate": 0, "abs": 0, "not": 0, **dict.fromkeys(CROSSINGS, -3)}.get(name, -1)
        most = max(most, top)
    return most
