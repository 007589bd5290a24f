"""Sums over the cells of an instrument by year."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from services.analysis.research.quality.machine_code import Floats, Int64s, QualityKernels


class YearSums(NamedTuple):
    """Sums over the cells of an instrument by year; signals (keys, years), all cells (years,)."""

    signals: Floats
    gain: Floats
    wins: Floats
    cells: Floats
    all_gain: Floats


def year_sums(kernels: QualityKernels, key: Int64s, cell: Int64s, gain: Floats, year: Int64s, keys: int, years: int) -> YearSums:
    """The sums by the given year of each cell."""
    found = YearSums(*(np.zeros((keys, years)) for _ in range(3)), *(np.zeros(years) for _ in range(2)))
    kernels.add_year_sums(key, cell, gain, year, *found)
    return found
