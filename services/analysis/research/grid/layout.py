"""The arrays of the compiled loops of a grid. Shapes: c bars of the calendar, b bars of the instrument, k sets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Floats, Int64s

Counts = npt.NDArray[np.uint16]


class GridPrices(NamedTuple):
    """One instrument."""

    open: Floats
    """(b,)."""
    close: Floats
    at: Int64s
    """(b,): the bar of the calendar of each bar, ascending."""
    own: Floats
    """(b,): work space for the equity of one set."""


class Accounts(NamedTuple):
    """What each set is worth, summed over instruments with an account of 1 each. Added to."""

    equity: Floats
    """(k, c)."""
    entries: Counts
    """(k, c): positions that were opened at a bar."""
    held: Int64s
    """(k, 2): the bars that all positions were held for, and the longest of them."""
