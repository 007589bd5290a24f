"""The rows of a data set: one for each instrument and bar, in columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.datasets.parts import PartCodes
from services.analysis.research.domain.run_record import RunError

Values = npt.NDArray[Any]
"""float64, or int8 for signals and the calendar."""
Role = Literal["key", "feature", "label", "about"]
MOST_BYTES: Final = 600_000_000
"""Of all rows: the usual features of 500 instruments over ten years. The files take about as much again."""


class Column(NamedTuple):
    """What a column is. Only columns of the role ``feature`` are for models to read."""

    name: str
    type: Literal["string", "timestamp", "date", "int8", "float64"]
    role: Role
    unit: str
    text: str
    """What it holds."""


@dataclass
class Block:
    """The rows of one instrument, oldest first."""

    symbol: str
    kind: str
    industries: tuple[str, ...]
    ts_close: Int64s
    session: Int64s
    label_end: Int64s
    features: dict[str, Values]
    labels: dict[str, Floats]
    part: PartCodes
    fold: npt.NDArray[np.int16]
    """The year whose walk-forward fold tests the row; 0: none."""

    def __len__(self) -> int:
        return len(self.ts_close)


def check_size(rows: int, columns: Sequence[Column]) -> None:
    """Raises RunError for a data set that does not fit in memory."""
    size = rows * sum(1 if column.type == "int8" else 8 for column in columns)
    if size > MOST_BYTES:
        raise RunError(
            f"symbols: {rows:,} rows of {len(columns)} columns, and there are more, take {size / 1e6:,.0f} MB, at most "
            f"{MOST_BYTES / 1e6:,.0f} are held: name fewer instruments or features, or a later start",
            "data-large",
        )


def years(blocks: Sequence[Block]) -> Iterator[tuple[int, list[tuple[Block, slice]]]]:
    """The rows of each year of sessions, ascending: the block and the place of its rows."""
    found: dict[int, list[tuple[Block, slice]]] = {}
    for block in blocks:
        year = block.session // 10_000
        for each in np.unique(year).tolist():
            at = np.flatnonzero(year == each)
            found.setdefault(each, []).append((block, slice(int(at[0]), int(at[-1]) + 1)))
    yield from sorted(found.items())
