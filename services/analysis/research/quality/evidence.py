"""How much evidence signals are: signals of one date, and signals whose windows overlap, count once."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import ndtri

from services.analysis.research.quality.machine_code import Bools, Floats, Int64s, QualityKernels

LEAST: Final = 30
"""Effective signals from which on a record is evidence."""
NORMAL_95: Final = float(ndtri(0.975))


def effective(kernels: QualityKernels, signals: Bools, span: int) -> Int64s:
    """The largest numbers of dates with a signal that are at least ``span`` dates apart; signals: (keys, dates)."""
    counts = np.zeros(len(signals), np.int64)
    kernels.count_apart(signals, span, counts)
    return counts


def wilson(rate: Floats, n: Floats) -> tuple[Floats, Floats]:
    """The 95 % interval of a rate (Wilson 1927), with the effective number of signals as ``n``; the whole range where n is 0."""
    n = np.maximum(n, 1e-9)
    square = NORMAL_95**2
    centre = (rate + square / (2 * n)) / (1 + square / n)
    half = NORMAL_95 / (1 + square / n) * np.sqrt(rate * (1 - rate) / n + square / (4 * n * n))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
