"""Finds the patterns of a whole series with the same steps as live."""

from __future__ import annotations

import numpy as np

from services.analysis.kernels.patterns.layout import ACTIVE, MOST_EVENTS, PATTERN, PIVOT, PIVOTS, SWING, Records
from services.analysis.kernels.signatures import PatternEvents, PatternKernels, PatternMemory, PriceArrays

BARS_PER_EVENT = 8
"""There are fewer events than one in so many bars, as a rule: more take another call."""


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
    length = len(prices.close)
    size = MOST_EVENTS + max(0, length - start) // BARS_PER_EVENT
    found, room = list[Records](), PatternEvents(np.zeros(1, PATTERN), np.empty(size, PATTERN), np.empty(size, np.int64))
    while start < length:
        start, count = kernels.history(prices, start, memory, room)
        if start == length and not found:
            return room.events[:count]
        found.append(room.events[:count].copy())
    return np.concatenate(found or [room.events[:0]])
