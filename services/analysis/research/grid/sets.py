"""The sets of parameters of a grid, counted before they are made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.grid.constraints import MOST, allowed
from services.analysis.research.grid.ranges import FORM, GridError, count, shown, values

MOST_PARAMETERS: Final = 8
MOST_PRODUCT: Final = 1_000_000
"""Sets before constraints."""
MOST_SETS: Final = 100_000
"""Sets that are tried."""
PLACE: Final = re.compile(r"\{\s*([A-Za-z_]\w{0,31})\s*\}")
_NAME: Final = re.compile(r"[A-Za-z_]\w{0,31}")


@dataclass(frozen=True)
class ParameterSets:
    """The sets: parameters in the order of their names, the last one changes fastest."""

    names: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    """The values of each parameter, ascending."""
    index: Int64s
    """(sets, parameters): the place of a set's value in ``values``."""
    excluded: int
    """Sets that the constraints leave out."""

    def __len__(self) -> int:
        return len(self.index)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each parameter has."""
        return tuple(len(each) for each in self.values)

    @property
    def table(self) -> Floats:
        """(sets, parameters): the values."""
        return np.column_stack([np.array(own)[self.index[:, n]] for n, own in enumerate(self.values)])

    def tiles(self, size: int) -> Int64s:
        """The numbers of all sets, so that consecutive ones of about ``size`` have few values of each parameter: (sets,)."""
        side = max(1, round(size ** (1.0 / len(self.names))))
        return np.lexsort((*self.index.T[::-1], *(self.index // side).T[::-1])).astype(np.int64)

    def with_every_value(self, most: int) -> list[int]:
        """The numbers of sets among which each value of each parameter is there, ascending; at most about ``most``."""
        first = [np.unique(each, return_index=True)[1] for each in self.index.T]
        found = np.unique(np.concatenate(first))
        return [int(each) for each in found[:: max(1, -(-len(found) // most))]]

    def of(self, number: int) -> dict[str, float]:
        """A set by its number."""
        return {name: own[at] for name, own, at in zip(self.names, self.values, self.index[number].tolist(), strict=True)}


def parameter_sets(ranges: Mapping[str, str | Sequence[float]], constraints: Sequence[str]) -> ParameterSets:
    """All sets that the constraints allow.

    Raises:
        GridError: there are none or too many of them, or a range or a constraint is not valid; the text has the count.
    """
    if not 1 <= len(ranges) <= MOST_PARAMETERS:
        raise GridError(
            f"ranges: 1 to {MOST_PARAMETERS} parameters are searched, not {len(ranges)}",
            "count-within",
            count=len(ranges),
            least=1,
            most=MOST_PARAMETERS,
        )
    for name in ranges:
        if not _NAME.fullmatch(name):
            raise GridError(f"ranges: {name[:32]!r} is no name of a parameter", "range-name", name=name[:32])
    counts = {name: count(name, given) for name, given in ranges.items()}
    if empty := [name for name, n in counts.items() if n < 1]:
        raise GridError(f"ranges: {empty[0]} is empty; {FORM}", "range-empty", name=empty[0])
    if (total := prod(counts.values())) > MOST_PRODUCT:
        each = " x ".join(f"{n:,} of {name}" for name, n in counts.items())
        raise GridError(
            f"ranges: {each} are {total:,} sets, at most {MOST_PRODUCT:,} before constraints: take fewer values",
            "sets-many",
            count=f"{total:,}",
            most=f"{MOST_PRODUCT:,}",
        )
    if len(constraints) > MOST:
        raise GridError(
            f"constraints: {len(constraints)} are given, at most {MOST} are read", "count-most", count=len(constraints), most=MOST
        )
    every = {name: values(name, ranges[name]) for name in sorted(ranges)}  # a saved request has them in this order
    index = np.indices(tuple(len(own) for own in every.values())).reshape(len(every), -1).T
    columns = {name: np.array(own)[index[:, n]] for n, (name, own) in enumerate(every.items())}
    kept = np.ones(total, np.bool_)
    for constraint in constraints:
        kept &= allowed(constraint, columns, total)
    if not kept.any():
        raise GridError(
            f"constraints: none of {total:,} sets is left by {', '.join(constraints)}",
            "sets-none",
            count=f"{total:,}",
            known=", ".join(constraints),
        )
    if (left := int(kept.sum())) > MOST_SETS:
        raise GridError(
            f"ranges: {left:,} sets, at most {MOST_SETS:,} are tried: take fewer values",
            "sets-many",
            count=f"{left:,}",
            most=f"{MOST_SETS:,}",
        )
    return ParameterSets(tuple(every), tuple(every.values()), np.ascontiguousarray(index[kept], np.int64), total - left)


def places(text: str) -> tuple[str, ...]:
    """The parameters that a text names in braces.

    >>> places("rsi_{a} < {b} and close > sma_{a}")
    ('a', 'b')
    """
    return tuple(dict.fromkeys(PLACE.findall(text)))


def filled(text: str, chosen: Mapping[str, float]) -> str:
    """A text with the values of a set.

    >>> filled("rsi_{a} < {b}", {"a": 14.0, "b": 27.5})
    'rsi_14 < 27.5'
    """
    return PLACE.sub(lambda found: shown(chosen[found[1]]), text)
