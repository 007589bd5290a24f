"""Evaluates a condition on the newest bar of many instruments at once, by docs/conditions.md: true, false or unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from services.gateway.domain.screen_table import Floats, ScreenTable
from shared.conditions import Node, Number, Operation, SeriesName
from shared.conditions.expression import COMPARISONS, CROSSINGS, is_boolean

Truths = npt.NDArray[np.bool_]
NEAR: Final = 1e-9
"""Values that differ by at most this share of the larger one are equal."""
ARITHMETIC: Final[dict[str, Callable[..., Any]]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "min": np.minimum, "max": np.maximum, "abs": np.abs,
    "negate": np.negative,
}  # fmt: skip


class ScreenError(Exception):
    """The condition needs more than the newest two bars, or a column without values.

    ``at``: the position in its text. ``name``: of that column; empty where bars are needed.
    """

    def __init__(self, message: str, at: int, name: str = "") -> None:
        super().__init__(message)
        self.at, self.name = at, name


class Outcome(NamedTuple):
    """Where a condition is true and where it is false, shape (rows,) each; where neither, it is unknown."""

    true: Truths
    false: Truths


@dataclass(frozen=True)
class Screening:
    """One evaluation on a table."""

    table: ScreenTable

    def truth(self, node: Node, *, before: bool = False) -> Outcome:
        """The truth of a node for each row; ``before``: on the bar before the newest one.

        Raises:
            ScreenError: the node cannot be evaluated on the newest two bars.
        """
        if not isinstance(node, Operation):
            raise ScreenError(
                "what fires on earlier bars, or of another timeframe or instrument, is not in the newest rows", node.at
            )
        name, parts = node.name, node.operands
        if name in {"and", "or"}:
            found = [self.truth(part, before=before) for part in parts]
            every, some = np.logical_and.reduce, np.logical_or.reduce
            yes, no = [each.true for each in found], [each.false for each in found]
            return Outcome(every(yes), some(no)) if name == "and" else Outcome(some(yes), every(no))
        if name == "not":
            true, false = self.truth(parts[0], before=before)
            return Outcome(false, true)
        if name in COMPARISONS:
            return compared(name, self.number(parts[0], before=before), self.number(parts[1], before=before))
        if name in CROSSINGS:
            return self._crossed(node, before=before)
        if self._is_one_back(node):
            return self.truth(parts[0], before=self._back(node, before=before))
        raise _too_far(node)

    def number(self, node: Node, *, before: bool = False) -> Floats:
        """The value of a node for each row; NaN where it is unknown. Raises ScreenError."""
        count = len(self.table.symbols)
        if isinstance(node, Number):
            return np.full(count, node.value)
        if isinstance(node, SeriesName):
            column = self.table.column_of.get(node.name)
            if column is None:
                raise ScreenError(f"{node.name} has no values on this timeframe here", node.at, node.name)
            return (self.table.previous if before else self.table.current)[column, :count]
        if isinstance(node, Operation) and node.name in ARITHMETIC:
            operands = [self.number(part, before=before) for part in node.operands]
            with np.errstate(all="ignore"):
                found: Floats = ARITHMETIC[node.name](*operands)
            return found
        if isinstance(node, Operation) and self._is_one_back(node):
            return self.number(node.operands[0], before=self._back(node, before=before))
        raise _too_far(node)

    def _crossed(self, node: Operation, *, before: bool) -> Outcome:
        then = self._back(node, before=before)
        first, last = ("<=", ">") if node.name == "crosses_above" else (">=", "<")
        a, b = node.operands
        was = compared(first, self.number(a, before=then), self.number(b, before=then))
        now = compared(last, self.number(a), self.number(b))
        known = (was.true | was.false) & (now.true | now.false)
        true = was.true & now.true
        return Outcome(true, known & ~true)

    def _is_one_back(self, node: Operation) -> bool:
        if node.name == "prev":
            return True
        return node.name == "lag" and isinstance(node.operands[1], Number) and node.operands[1].value == 1

    def _back(self, node: Operation, *, before: bool) -> bool:
        if before:
            raise _too_far(node)
        return True


def compared(sign: str, a: Floats, b: Floats) -> Outcome:
    """The outcome of a comparison; unknown where a value is not finite.

    >>> compared("<", np.array([1.0, 2.0, np.nan]), np.array([2.0, 2.0 + 1e-12, 1.0]))
    Outcome(true=array([ True, False, False]), false=array([False,  True, False]))
    """
    known = np.isfinite(a) & np.isfinite(b)
    with np.errstate(all="ignore"):
        near = NEAR * np.maximum(np.abs(a), np.abs(b))
        difference = a - b
        greater, less = difference > near, difference < -near
    chosen = {"<": less, ">": greater, "<=": ~greater, ">=": ~less, "==": ~(less | greater), "!=": less | greater}[sign]
    return Outcome(chosen & known, ~chosen & known)


def _too_far(node: Node) -> ScreenError:
    what = "the truth" if is_boolean(node) else "the value"
    return ScreenError(f"{what} needs bars before the newest two; POST /v1/conditions/history evaluates it", node.at)
