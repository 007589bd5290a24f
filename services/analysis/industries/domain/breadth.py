"""Counts of rising and falling members, and the median move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from services.analysis.industries.domain.aligned import Floats, Int64s

STILL: Final = 1e-9
"""A smaller move is none."""


@dataclass(frozen=True)
class Breadth:
    """Counts and the median, each of shape (T,). The four counts add up to the number of members."""

    advances: Int64s
    declines: Int64s
    unchanged: Int64s
    missing: Int64s
    """Members without a move: not traded, or nothing to compare with. They are not unchanged."""
    median: Floats
    """NaN where all are missing."""


def moves(closes: Floats) -> Floats:
    """Each close against the same member's close before, as a fraction; NaN at its first and where it has none. Shape (T, M)."""
    found = np.full(closes.shape, np.nan)
    for member in range(closes.shape[1]):
        own = np.flatnonzero(np.isfinite(closes[:, member]))
        prices = closes[own, member]
        found[own[1:], member] = prices[1:] / prices[:-1] - 1.0
    return found


def breadth(moved: Floats) -> Breadth:
    """The breadth at each date from moves of shape (T, M), NaN where a member is missing."""
    known = np.isfinite(moved)
    advances = (known & (moved > STILL)).sum(axis=1)
    declines = (known & (moved < -STILL)).sum(axis=1)
    counts = known.sum(axis=1)
    return Breadth(advances, declines, counts - advances - declines, moved.shape[1] - counts, _median(moved, counts))


def fraction_of_ones(flags: Floats) -> tuple[Floats, Int64s]:
    """The fraction of ones among the known values, NaN if none is known, and how many are known. Shapes (T, M) -> (T,), (T,)."""
    known = np.isfinite(flags)
    counts = known.sum(axis=1)
    ones = (known & (flags > 0)).sum(axis=1)
    return np.divide(ones, counts, out=np.full(len(flags), np.nan), where=counts > 0), counts


def _median(moved: Floats, counts: Int64s) -> Floats:
    found = np.full(len(moved), np.nan)
    some = np.flatnonzero(counts)
    ordered = np.sort(np.where(np.isfinite(moved), moved, np.nan)[some], axis=1)  # NaN goes to the end
    n, row = counts[some], np.arange(len(some))
    found[some] = (ordered[row, (n - 1) // 2] + ordered[row, n // 2]) / 2.0
    return found
