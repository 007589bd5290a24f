"""How much evidence signals are: signals of one date, and signals whose windows overlap, count once."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import ndtri

from services.analysis.research.quality.machine_code import Bools, Floats, Int64s, QualityKernels

LEAST: Final = 30
"""Effective signals from which on a record is evidence."""
NORMAL_95: Final = float(ndtri(0.975))


def apart(kernels: QualityKernels, fired_on: Bools, span: int) -> tuple[Int64s, Int64s, Int64s]:
    """Dates with a signal, the most of them that are at least ``span`` dates apart, and the place of the first; of (rows, dates).

    The first is the number of all dates where there is none.
    """
    dates, effective, first = (np.empty(len(fired_on), np.int64) for _ in range(3))
    kernels.count_dates(fired_on, span, dates, effective, first)
    return dates, effective, first


def wilson(rate: Floats, n: Floats) -> tuple[Floats, Floats]:
    """The 95 % interval of a rate (Wilson 1927), with the effective number of signals as ``n``; the whole range where n is 0."""
    n = np.maximum(n, 1e-9)
    square = NORMAL_95**2
    centre = (rate + square / (2 * n)) / (1 + square / n)
    half = NORMAL_95 / (1 + square / n) * np.sqrt(rate * (1 - rate) / n + square / (4 * n * n))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
