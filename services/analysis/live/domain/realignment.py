"""Adapts a checkpoint whose session times differ from the calendar's."""

from __future__ import annotations

from typing import Any

import numpy as np

from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.layout import DAY, PERIOD_CODES
from services.analysis.live.domain.state import PartitionState


def realign(state: PartitionState, calendar: Calendar) -> int:
    """Sets forming bars and the sessions of the symbols to the calendar's times. Returns how many forming bars have changed.

    Only a bar that contains the newest tick can change: a correction of another day changes nothing. A bar that is now outside
    every session keeps its end. With the calendar of the checkpoint nothing changes: where bars and sessions follow one another
    without a pause, a tick at the close of one is in the next, so that the tick alone does not tell which is meant.
    """
    used, moved = len(state.symbols), 0
    for row, code in np.argwhere(state.forming["active"][:used]).tolist():
        record: Any = state.records[row]
        forming: Any = state.forming[row, code]
        exchange, ts = int(record["exchange"]), int(record["last_ts"])
        current = int(forming["open_at"]), int(forming["close_at"])
        if not current[0] <= ts <= current[1] or calendar.interval(exchange, code, current[0]) == current:
            continue
        interval = calendar.interval(exchange, code, ts)
        if interval is None or interval == current or interval[1] <= forming["last_end"]:
            continue
        forming["open_at"], forming["close_at"] = interval
        moved += 1
    for row in range(used):
        _session(state.records[row], calendar)
    return moved


def _session(record: Any, calendar: Calendar) -> None:
    """Updates the session in a symbol's record, which saves a lookup for each tick."""
    current = int(record["session_open"]), int(record["session_close"])
    if current == (0, 0):
        return
    exchange, ts, last = int(record["exchange"]), current[0], int(record["last_ts"])
    if calendar.interval(exchange, DAY, ts) != current and ts <= last <= current[1]:
        ts = last
    session = calendar.interval(exchange, DAY, ts)
    periods = [calendar.interval(exchange, code, ts) or (0, 0) for code in PERIOD_CODES]
    known = zip(record["period_open"].tolist(), record["period_close"].tolist(), strict=True)
    if session == current and periods == list(known):
        return
    vetted = record["vetted"] == current[0]
    record["session_open"], record["session_close"] = session or (0, 0)
    record["period_open"], record["period_close"] = np.transpose(periods)
    if session is not None and vetted:
        record["vetted"] = session[0]
