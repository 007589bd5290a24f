"""Patterns of a whole series, by the same steps as live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.patterns.layout import ACTIVE, MOST_EVENTS, PATTERN, PIVOT, PIVOTS, SWING, Records

ROOM = 8 * MOST_EVENTS


class Loops(Protocol):
    """The generated module: see ``loops.py``."""

    def history(self, *arguments: Any) -> tuple[int, int]: ...


@dataclass(frozen=True)
class Memory:
    """What is remembered of one series; starts as zeros."""

    swing: Records
    """(1,) of SWING."""
    pivots: Records
    """(PIVOTS,) of PIVOT."""
    alive: Records
    """(ACTIVE,) of PATTERN."""

    @staticmethod
    def empty() -> Memory:
        """Of a series without a bar."""
        return Memory(np.zeros(1, SWING), np.zeros(PIVOTS, PIVOT), np.zeros(ACTIVE, PATTERN))


def history(
    loops: Loops,
    memory: Memory,
    high: npt.NDArray[np.float64],
    low: npt.NDArray[np.float64],
    close: npt.NDArray[np.float64],
    volume: npt.NDArray[np.float64],
    time: npt.NDArray[np.int64],
    start: int = 0,
) -> Records:
    """Moves the memory on by the bars from ``start`` on. Returns the events (dtype PATTERN). Releases the GIL.

    Raises:
        ValueError: the bars are not of one length.
    """
    if any(values.shape != close.shape for values in (high, low, volume, time)):
        raise ValueError(f"bars must be arrays of one length, not {[len(values) for values in (high, low, close, volume, time)]}")
    found, draft, room = [], np.zeros(1, PATTERN), np.empty(ROOM, PATTERN)
    while start < len(close):
        start, count = loops.history(high, low, close, volume, time, start, memory.swing, memory.pivots, memory.alive, draft, room)
        found.append(room[:count].copy())
    return found[0] if len(found) == 1 else np.concatenate(found or [room[:0]])
