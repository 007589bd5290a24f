"""The slots of one series: where the state of each of its operations over the past is, as a table for the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.analysis.kernels.conditions.derived import is_past, operand_of, width_of
from services.analysis.kernels.conditions.past import PAST
from services.analysis.kernels.conditions.programs import Programs
from services.analysis.kernels.indicators.kind import Int64s
from shared.conditions import Node, Operation


@dataclass(frozen=True)
class SlotLayout:
    """The operations over the past of one series, inner ones first."""

    slots: Mapping[Node, slice]
    width: int
    """Floats of all slots."""

    def table(self, programs: Programs, nodes: Sequence[Node]) -> Int64s:
        """Some of the operations, as ``SeriesKernels.derive_bar`` takes them."""
        rows = []
        for node in nodes:
            if isinstance(node, Operation) and node in self.slots:
                operand, n = operand_of(node)
                slot = self.slots[node]
                rows.append((PAST.index(node.name), n, programs.numbers[operand], programs.places[node], slot.start, slot.stop))
        return np.array(rows, np.int64).reshape(-1, 6)


def slot_layout(nodes: Sequence[Node]) -> SlotLayout:
    """One slot after the other, for the operations over the past among these derived values."""
    past = [node for node in nodes if is_past(node)]
    ends = np.cumsum([0, *map(width_of, past)]).tolist()
    return SlotLayout({node: slice(ends[i], ends[i + 1]) for i, node in enumerate(past)}, ends[-1])
