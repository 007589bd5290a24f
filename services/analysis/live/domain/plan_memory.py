"""The memory of the indicators and rules of a plan, for many series."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.plan import IndicatorSpec
from services.analysis.kernels.signatures import SeriesMemory
from services.analysis.live.domain.layout import TIMEFRAMES

NotWarmedUp = dict[int, frozenset[IndicatorSpec]]
"""Row of a symbol -> requested indicators whose values are unknown, since they have not processed the symbol's past yet."""


class PlanMemory:
    """The memory of the indicators and rules of one plan: arrays of shape (symbols, timeframes, ...)."""

    def __init__(self, width: int, columns: int, rules: int, room: int = 0) -> None:
        """``width``: floats of indicator state per series; ``columns``: values per bar; ``rules``: rule instances."""
        self.shape = width, columns, rules
        series = (room, len(TIMEFRAMES))
        self.steps = np.zeros((*series, width))
        self.previous = np.full((*series, columns), np.nan)
        """The values of the newest closed bar."""
        self.reported = np.zeros((*series, rules), np.uint8)
        """Directions in which a rule has fired on the forming bar: 1 up, 2 down."""

    @property
    def arrays(self) -> SeriesMemory:
        """The arrays of a checkpoint, row by row; the kernels write them."""
        return SeriesMemory(self.steps, self.previous, self.reported)

    def with_room(self, room: int, used: int) -> PlanMemory:
        """A copy with more room."""
        grown = PlanMemory(*self.shape, room)
        pairs: zip[tuple[npt.NDArray[Any], npt.NDArray[Any]]] = zip(grown.arrays, self.arrays, strict=True)
        for mine, before in pairs:
            mine[:used] = before[:used]
        return grown
