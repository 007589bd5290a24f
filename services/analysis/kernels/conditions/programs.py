"""Translates conditions to programs: postfix instructions in flat arrays, many programs in one. Needs no compilation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.analysis.kernels.conditions.machine import OPERATIONS
from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.kernels.signatures import ProgramArrays, SeriesKernels
from shared.conditions import BAR_FIELDS, Condition, Node, Number, Operation, SeriesName
from shared.conditions.condition import MOST_STACK
from shared.conditions.expression import Elsewhere, Fired

BLOCK: Final = 256
"""Bars per operation: they fit the first-level cache."""

_CODES: Final = {name: code for code, name in enumerate(OPERATIONS)}

Instruction = tuple[str, float]


@dataclass(frozen=True)
class Programs:
    """Many programs as arrays for the machine."""

    arrays: ProgramArrays

    def __len__(self) -> int:
        return len(self.arrays.starts) - 1


def compiled(conditions: Sequence[Condition], columns: Sequence[str]) -> Programs:
    """The programs of conditions over rows that hold these columns and, after them, the fields of the bar.

    Raises:
        KeyError: a condition names a column that is not among them.
    """
    places = {name: place for place, name in enumerate((*columns, *BAR_FIELDS))}
    programs = [list(_instructions(condition.root, places, "now")) for condition in conditions]
    flat = [instruction for program in programs for instruction in program]
    return Programs(
        ProgramArrays(
            np.array([_CODES[name] for name, _ in flat], np.int64),
            np.array([number for _, number in flat], np.float64),
            np.cumsum([0, *map(len, programs)]),
        )
    )


def judged(kernels: SeriesKernels, programs: Programs, chosen: Int64s, now: Floats, before: Floats) -> Floats:
    """Results of chosen programs at a bar: 1.0 true, 0.0 false, NaN unknown. ``now``, ``before``: values (columns + fields,)."""
    results = np.empty(len(chosen))
    kernels.judge_conditions(programs.arrays, chosen, now, before, np.empty(MOST_STACK), results)
    return results


def scanned(kernels: SeriesKernels, programs: Programs, number: int, values: Floats) -> Floats:
    """The results of one program at each bar of a series: (bars,). ``values``: (columns + fields, bars). Releases the GIL."""
    results = np.empty(values.shape[1])
    kernels.scan_condition(programs.arrays, number, values, np.empty((MOST_STACK, BLOCK)), results)
    return results


def _instructions(node: Node, places: Mapping[str, int], when: str) -> Iterator[Instruction]:
    if isinstance(node, Number):
        yield "number", node.value
    elif isinstance(node, Fired | Elsewhere):
        raise NotImplementedError(type(node).__name__)
    elif isinstance(node, SeriesName):
        yield when, float(places[node.name])
    elif node.name == "prev":
        yield from _instructions(node.operands[0], places, "before")
    else:
        yield from _operation(node, places, when)


def _operation(node: Operation, places: Mapping[str, int], when: str) -> Iterator[Instruction]:
    for i, operand in enumerate(node.operands):
        yield from _instructions(operand, places, when)
        if i > 1:  # and, or over more than two
            yield node.name, 0.0
    if node.name.startswith("crosses"):
        for operand in node.operands:
            yield from _instructions(operand, places, "before")
    yield node.name, 0.0
