"""The centre of a plateau: the set whose neighbours are good too. A single peak is more often luck."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.ndimage import uniform_filter

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.grid.sets import ParameterSets

ENOUGH: Final = 0.6
"""Share of the neighbours of the set with the most that a set must have: in a corner of a grid no plateau can be seen."""


def smoothed(sets: ParameterSets, values: Floats, radius: int) -> Floats:
    """The mean of each set and its neighbours within ``radius`` steps of each parameter; NaN where it is not known.

    ``values``: (sets,), NaN for a set that may not be chosen. Such a set is no neighbour: unknown is not zero.
    """
    shape = sets.shape
    known = np.isfinite(values)
    at = tuple(sets.index.T)
    total, members = np.zeros(shape), np.zeros(shape)
    total[at], members[at] = np.where(known, values, 0.0), known
    size = 2 * radius + 1
    sums, counts = (uniform_filter(each, size, mode="constant") * float(size) ** len(shape) for each in (total, members))
    n = np.rint(counts[at])
    enough = known & (n >= ENOUGH * n[known].max(initial=1.0))
    return np.where(enough, sums[at] / np.maximum(n, 1.0), np.nan)


def centre(sets: ParameterSets, values: Floats, radius: int) -> int | None:
    """The number of the set with the best neighbourhood; the first of equal ones. None if no set may be chosen."""
    mean = smoothed(sets, values, radius)
    return int(np.nanargmax(mean)) if np.isfinite(mean).any() else None


def peak(values: Floats) -> int | None:
    """The number of the best set alone; None if there is none."""
    return int(np.nanargmax(values)) if np.isfinite(values).any() else None
