"""Builds bars of a longer timeframe from closed bars of a finer one, as live does."""

from __future__ import annotations

import datetime as dt

import numpy as np

from services.analysis.kernels.closed_bars import BarRecords
from services.analysis.kernels.indicators.kind import Int64s
from services.analysis.research.domain.research_series import SERIES_RECORD
from shared.events import PERIODS, Timeframe


def aggregated(bars: BarRecords, timeframe: Timeframe, opens: Int64s, closes: Int64s) -> BarRecords:
    """Bars of ``timeframe`` (dtype SERIES_RECORD), each from all finer bars inside it.

    ``opens`` and ``closes``: of the session of each finer bar, (bars,). A week or month at either end of the data may be
    incomplete: both are left out.
    """
    if not len(bars):
        return np.zeros(0, SERIES_RECORD)
    length, period = timeframe.row.length_ms, PERIODS.get(timeframe)
    if period is not None:
        weeks = {day: number for number, day in enumerate(dict.fromkeys(map(period, map(_date, bars["session"].tolist()))))}
        group = np.array([weeks[period(_date(session))] for session in bars["session"].tolist()])
    else:
        group = opens + ((bars["ts_open"] - opens) // length * length if length else 0)
    first = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    last = np.append(first[1:], len(group)) - 1
    found = np.zeros(len(first), SERIES_RECORD)
    for name in ("session", "close", "price_factor", "split_factor"):
        found[name] = bars[name][last]
    found["open"], found["volume"] = bars["open"][first], np.add.reduceat(bars["volume"], first)
    found["high"], found["low"] = np.maximum.reduceat(bars["high"], first), np.minimum.reduceat(bars["low"], first)
    if period is not None:
        found["ts_open"], found["ts_close"] = bars["ts_open"][first], bars["ts_close"][last]
        return found[1:-1]
    found["ts_open"] = group[first]
    found["ts_close"] = np.minimum(group[first] + length, closes[first]) if length else closes[first]
    return found


def _date(session: int) -> dt.date:
    return dt.date(session // 10_000, session // 100 % 100, session % 100)
