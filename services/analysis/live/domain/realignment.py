"""A checkpoint that was made with other sessions than the calendar has now."""

from __future__ import annotations

from typing import Any

import numpy as np

from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.layout import DAY, TIMEFRAME_CODES
from services.analysis.live.domain.state import PartitionState
from shared.events import Timeframe

WEEK = TIMEFRAME_CODES[Timeframe.W1]


def realign(state: PartitionState, calendar: Calendar) -> int:
    """Gives forming bars and the sessions that symbols carry the times that the calendar has now; how many bars have other ones.

    Only what holds the newest tick can change: a correction of another day touches nothing. Bars whose time is now outside every
    session end when they were to end. Where the calendar is the one of the checkpoint, nothing moves.
    """
    used, moved = len(state.symbols), 0
    for row, code in np.argwhere(state.forming["active"][:used]).tolist():
        record: Any = state.records[row]
        forming: Any = state.forming[row, code]
        ts = int(record["last_ts"])
        if not forming["open_at"] <= ts <= forming["close_at"]:
            continue
        interval = calendar.interval(int(record["exchange"]), code, ts)
        if interval is None or interval == (forming["open_at"], forming["close_at"]) or interval[1] <= forming["last_end"]:
            continue
        forming["open_at"], forming["close_at"] = interval
        moved += 1
    for row in range(used):
        _session(state.records[row], calendar)
    return moved


def _session(record: Any, calendar: Calendar) -> None:
    """The session that a symbol carries, so that it need not be looked up for each tick."""
    carried = int(record["session_open"]), int(record["session_close"])
    if carried == (0, 0):
        return
    exchange, ts = int(record["exchange"]), int(record["last_ts"])
    if not carried[0] <= ts <= carried[1]:
        ts = carried[0]
    session, week = calendar.interval(exchange, DAY, ts), calendar.interval(exchange, WEEK, ts)
    if (session, week) == (carried, (int(record["week_open"]), int(record["week_close"]))):
        return
    looked_at = record["vetted"] == carried[0]
    record["session_open"], record["session_close"] = session or (0, 0)
    record["week_open"], record["week_close"] = week or (0, 0)
    if session is not None and looked_at:
        record["vetted"] = session[0]
