"""Finds the patterns of a whole series with the same steps as live."""

from __future__ import annotations

import numpy as np

from services.analysis.kernels.patterns.layout import ACTIVE, MOST_EVENTS, PATTERN, PIVOT, PIVOTS, SWING, Records
from services.analysis.kernels.signatures import PatternEvents, PatternKernels, PatternMemory, PriceArrays

ROOM = 8 * MOST_EVENTS


def no_patterns() -> PatternMemory:
    """The memory of a series without bars."""
    return PatternMemory(np.zeros(1, SWING), np.zeros(PIVOTS, PIVOT), np.zeros(ACTIVE, PATTERN))


def history(kernels: PatternKernels, memory: PatternMemory, prices: PriceArrays, start: int = 0) -> Records:
    """Advances the memory by the bars from ``start`` on. Returns the events (dtype PATTERN). Releases the GIL.

    Raises:
        ValueError: the bars are not of one length.
    """
    if any(values.shape != prices.close.shape for values in prices):
        raise ValueError(f"bars must be arrays of one length, not {[len(values) for values in prices]}")
    found, room = [], PatternEvents(np.zeros(1, PATTERN), np.empty(ROOM, PATTERN), np.empty(ROOM, np.int64))
    while start < len(prices.close):
        start, count = kernels.history(prices, start, memory, room)
        found.append(room.events[:count].copy())
    return found[0] if len(found) == 1 else np.concatenate(found or [room.events[:0]])
