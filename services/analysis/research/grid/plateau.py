"""The centre of a plateau: the set whose neighbours are good too. A single peak is more often luck."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.ndimage import uniform_filter

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.grid.sets import ParameterSets

ENOUGH: Final = 0.6
"""Share of the neighbours of the set with the most that a set must have: in a corner of a grid no plateau can be seen."""


def neighbourhood(sets: ParameterSets, values: Floats, radius: int) -> Floats:
    """How good the sets around each set are; NaN where it is not known.

    Each value is replaced by the median of the sets within ``radius`` steps, along one parameter after the other, which removes
    single peaks; of two middle values it is the lower one. The result is the mean of these within ``radius`` steps of all
    parameters, which is highest in the middle of a plateau. ``values``: (sets,), NaN for a set that may not be chosen. Such a set
    is no neighbour: unknown is not zero.
    """
    at = tuple(sets.index.T)
    known = np.isfinite(values)
    cells = np.full(sets.shape, np.nan)
    cells[at] = values
    members = np.isfinite(cells)
    for axis in range(len(sets.shape)):
        cells = np.where(members, _median(cells, axis, radius), np.nan)
    size, box = 2 * radius + 1, float(2 * radius + 1) ** len(sets.shape)
    total, count = (
        uniform_filter(each, size, mode="constant")[at] * box for each in (np.where(members, cells, 0.0), members.astype(float))
    )
    n = np.rint(count)
    return np.where(known & (n >= ENOUGH * n[known].max(initial=1.0)), total / np.maximum(n, 1.0), np.nan)


def centre(sets: ParameterSets, values: Floats, radius: int) -> int | None:
    """The number of the set with the best neighbourhood; the first of equal ones. None if no set may be chosen."""
    return peak(neighbourhood(sets, values, radius))


def peak(values: Floats) -> int | None:
    """The number of the best set alone; None if there is none."""
    return int(np.nanargmax(values)) if np.isfinite(values).any() else None


def _median(cells: Floats, axis: int, radius: int) -> Floats:
    """Of each cell and those beside it along one axis."""
    width = [(radius, radius) if n == axis else (0, 0) for n in range(cells.ndim)]
    padded = np.pad(cells, width, constant_values=np.nan)
    beside = np.sort(np.lib.stride_tricks.sliding_window_view(padded, 2 * radius + 1, axis), axis=-1)  # NaN last
    count = np.isfinite(beside).sum(axis=-1, keepdims=True)
    return np.asarray(np.take_along_axis(beside, np.maximum(count - 1, 0) // 2, axis=-1)[..., 0])
