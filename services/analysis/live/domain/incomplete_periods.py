"""Weekly and monthly bars that lack the bar of a day."""

from __future__ import annotations

import numpy as np

from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.layout import DAY, PERIOD_CODES
from services.analysis.live.domain.state import PartitionState, Records


def lacks_days(state: PartitionState, calendar: Calendar, closed: Records) -> list[bool]:
    """For each closed bar (dtype CLOSED) whether it is a week or month with fewer closed daily bars than the calendar has sessions.

    False for other bars, and for a symbol without any daily bar: its ticks stand for whole periods.
    """
    found = [False] * len(closed)
    for i in np.flatnonzero(np.isin(closed["timeframe"], PERIOD_CODES)).tolist():
        row, start, end = int(closed["row"][i]), int(closed["open_at"][i]), int(closed["close_at"][i])
        days = state.windows.ts_close[row, DAY, : int(state.forming[row, DAY]["n"])]
        sessions = calendar.closes(int(state.records[row]["exchange"]))
        found[i] = len(days) > 0 and _between(days, start, end) < _between(sessions, start, end)
    return found


def _between(times: Records, start: int, end: int) -> int:
    """How many of some ascending times are after ``start`` and not after ``end``."""
    return int(np.searchsorted(times, end, side="right") - np.searchsorted(times, start, side="right"))
