"""Aggregates bars to coarser timeframes, exactly; never to finer ones."""

from __future__ import annotations

import datetime as dt

import numpy as np

from services.ingest.domain.tape import Int64s, RecordedBars
from shared.calendars import Sessions
from shared.events import Timeframe


def intraday(bars: RecordedBars, sessions: Sessions, length: int) -> RecordedBars:
    """Bars of ``length`` milliseconds, anchored at the session's open, the last of a session cut at its close.

    ``bars`` must lie within sessions and ``length`` be a multiple of theirs.
    """
    session = np.searchsorted(sessions.open, bars.start, side="right") - 1
    opening = sessions.open[session]
    start = opening + (bars.start - opening) // length * length
    return _grouped(bars, start, np.minimum(start + length, sessions.close[session]))


def weekly(bars: RecordedBars, sessions: Sessions) -> RecordedBars:
    """One bar per ISO week, from the open of its first session to the close of its last. ``bars`` are daily.

    A week whose last session is after the last bar is dropped, since it may be incomplete.
    """
    session = np.searchsorted(sessions.open, bars.start, side="right") - 1
    week_close = sessions.period_close[Timeframe.W1]
    end = week_close[session]
    whole = end <= bars.end[-1] if len(bars) else np.zeros(0, dtype=bool)
    kept = _select(bars, whole)
    end = end[whole]
    return _grouped(kept, sessions.period_open[Timeframe.W1][session][whole], end)


def session_of_date(sessions: Sessions, dates: list[dt.date]) -> Int64s:
    """Index of the session of each date, -1 where the exchange was closed on it."""
    numbers = np.array([day.year * 10_000 + day.month * 100 + day.day for day in dates], dtype=np.int64)
    found = np.minimum(np.searchsorted(sessions.date, numbers), len(sessions.date) - 1)
    return np.where(sessions.date[found] == numbers, found, -1).astype(np.int64)


def _select(bars: RecordedBars, which: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> RecordedBars:
    return RecordedBars(
        bars.start[which],
        bars.end[which],
        bars.open[which],
        bars.high[which],
        bars.low[which],
        bars.close[which],
        bars.volume[which],
    )


def _grouped(bars: RecordedBars, start: Int64s, end: Int64s) -> RecordedBars:
    if not len(bars):
        return bars
    first = np.flatnonzero(np.concatenate([[True], start[1:] != start[:-1]]))
    last = np.concatenate([first[1:], [len(start)]]) - 1
    return RecordedBars(
        start[first],
        end[first],
        bars.open[first],
        np.maximum.reduceat(bars.high, first),
        np.minimum.reduceat(bars.low, first),
        bars.close[last],
        np.add.reduceat(bars.volume, first),
    )
