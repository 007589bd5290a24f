"""Bars that the calendar expects and the provider did not deliver."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from shared.calendars import Int64s, Sessions
from shared.events import Timeframe

MissingRange = tuple[int, int]
"""Close times of the first and the last of consecutive missing bars, milliseconds, both inclusive."""


def expected_closes(sessions: Sessions, timeframe: Timeframe, first: int, last: int) -> Int64s:
    """Close times of all bars of the timeframe from ``first`` to ``last`` inclusive, ascending. Daily or intraday."""
    inside = (sessions.close >= first) & (sessions.open <= last)
    if timeframe is Timeframe.D1:
        closes = sessions.close[inside]
    else:
        length = timeframe.row.length_ms
        parts = [
            np.minimum(np.arange(start + length, end + length, length, dtype=np.int64), end)
            for start, end in zip(sessions.open[inside].tolist(), sessions.close[inside].tolist(), strict=True)
        ]
        closes = np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
    return closes[(closes >= first) & (closes <= last)]


def missing_ranges(expected: Int64s, closes: Iterable[int]) -> tuple[MissingRange, ...]:
    """Ranges of expected bars that are missing.

    >>> missing_ranges(np.array([10, 20, 30, 40, 50]), [10, 40])
    ((20, 30), (50, 50))
    """
    present = np.isin(expected, np.fromiter(closes, dtype=np.int64))
    edges = np.diff(np.concatenate(([0], (~present).astype(np.int8), [0])))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return tuple((int(expected[i]), int(expected[j])) for i, j in zip(begins, ends, strict=True))
