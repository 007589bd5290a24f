"""How much evidence signals are: signals of one date, and signals whose windows overlap, count once."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from services.analysis.research.quality.windows import Floats, Int64s

LEAST: Final = 30
"""Effective signals from which on a record is evidence."""
NORMAL_95: Final = float(ndtri(0.975))


def effective(signals: npt.NDArray[np.bool_], span: int) -> Int64s:
    """The largest numbers of dates with a signal that are at least ``span`` dates apart; signals: (keys, dates)."""
    return np.array([_apart(np.flatnonzero(row), span) for row in signals], np.int64)


def _apart(at: Int64s, span: int) -> int:
    following = np.searchsorted(at, at + span).tolist()
    found, place = 0, 0
    while place < len(following):
        found, place = found + 1, following[place]
    return found


def wilson(rate: Floats, n: Floats) -> tuple[Floats, Floats]:
    """The 95 % interval of a rate (Wilson 1927), with the effective number of signals as ``n``; the whole range where n is 0."""
    n = np.maximum(n, 1e-9)
    square = NORMAL_95**2
    centre = (rate + square / (2 * n)) / (1 + square / n)
    half = NORMAL_95 / (1 + square / n) * np.sqrt(rate * (1 - rate) / n + square / (4 * n * n))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
