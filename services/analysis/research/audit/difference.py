"""A bar of which a whole series says something else than what was known when it closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from services.analysis.research.domain.research_series import ResearchSeries


class Difference(msgspec.Struct, frozen=True):
    """One value of one bar."""

    signal: str
    """What was recomputed; ``input NAME`` is an input of all signals."""
    symbol: str
    bar: int
    """Close time of the bar, milliseconds since the epoch."""
    before: float | None
    """What was known when the bar, or a later one of the recomputed part, closed: +1 up, -1 down, 0 nothing; None: unknown."""
    after: float | None
    """What the whole series says."""


def compared(
    names: Sequence[str], series: ResearchSeries, known: npt.NDArray[Any], whole: npt.NDArray[Any], first: int = 0
) -> Iterator[Difference]:
    """The differences between two tables of values (names, bars), of which the first bar is number ``first`` of the series."""
    same = (known == whole) | ((known != known) & (whole != whole))
    for row, bar in np.argwhere(~same).tolist():
        yield Difference(
            names[row],
            series.symbol,
            int(series.ts_close[first + bar]),
            _number(known[row, bar]),
            _number(whole[row, bar]),
        )


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
