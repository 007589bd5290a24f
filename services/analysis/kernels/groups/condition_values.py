"""The values of expressions over industries and relative strength, as conditions read them: by the session of the judged bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from services.analysis.kernels.groups.aligned import Floats, Int64s
from shared.conditions import SeriesName
from shared.conditions.expression import RELATIVE_FIELDS, Elsewhere, walk

INDUSTRY: Final = "industry"


def reads_relative(node: Elsewhere) -> bool:
    """Whether it depends on the judged instrument, not only on its industry."""
    return any(isinstance(each, SeriesName) and each.name in RELATIVE_FIELDS for each in walk(node.operand))


def reads_group(node: Elsewhere) -> bool:
    """Whether it is computed from the closes of a group, and not from the bars of one other instrument."""
    return node.instrument == INDUSTRY or reads_relative(node)


@dataclass(frozen=True, eq=False)
class ValuesByOpen:
    """A value for each session of an exchange, found by the session's open; both of shape (rows,)."""

    opens: Int64s
    values: Floats

    def at(self, opens: Int64s) -> Floats:
        """The values for sessions by their opens; NaN for others. Shapes (bars,) -> (bars,)."""
        if not len(self.opens):
            return np.full(len(opens), np.nan)
        place = np.minimum(np.searchsorted(self.opens, opens), len(self.opens) - 1)
        return np.where(self.opens[place] == opens, self.values[place], np.nan)


@dataclass(frozen=True, eq=False)
class GroupValues:
    """All values that conditions read of groups. Immutable."""

    tables: Mapping[tuple[Elsewhere, str], ValuesByOpen] = field(default_factory=dict)
    """By expression and judged instrument."""

    def values(self, node: Elsewhere, symbol: str, opens: Int64s) -> Floats:
        """The value for bars of ``symbol`` by the opens of their sessions, -1 where unknown. Shapes (bars,) -> (bars,)."""
        table = self.tables.get((node, symbol))
        return np.full(len(opens), np.nan) if table is None else table.at(opens)
