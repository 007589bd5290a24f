"""The time fields of bars: what the calendar of their exchange knows about them, in the exchange's time zone.

``time``: minutes since midnight at the close. ``weekday``: of the session, 1 is Monday. ``minutes_since_open``: at the close, since
the session's open. ``session_bar``: the number of the bar's interval in its session, from 1; an interval without trades counts too,
and longer bars are 1. ``days_to_month_end``: sessions after this one in its month. NaN for a session that the calendar lacks.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Floats, Int64s
from shared.conditions.expression import TIME_FIELDS
from shared.events import Timeframe


@dataclass(frozen=True)
class ExchangeTimes:
    """The sessions of an exchange, oldest first, and its time zone."""

    date: Int64s
    """(sessions,), yyyymmdd."""
    open: Int64s
    """(sessions,), milliseconds."""
    close: Int64s
    """(sessions,), milliseconds."""
    zone: ZoneInfo

    def opens(self, session: Int64s) -> Int64s:
        """The opens of sessions by their dates; -1 where the calendar lacks one."""
        if not len(self.date):
            return np.full(len(session), -1)
        at = np.minimum(np.searchsorted(self.date, session), len(self.date) - 1)
        return np.where(self.date[at] == session, self.open[at], -1)


def time_field(name: str, times: ExchangeTimes, timeframe: Timeframe, session: Int64s, moment: Int64s) -> Floats:
    """A time field of bars: (bars,). ``session``: their session dates; ``moment``: their closes, of a forming bar the minute's.

    Raises:
        ValueError: there is no such field.
    """
    if name == "time":
        return np.array([_minutes(times.zone, each) for each in moment.tolist()], np.float64)
    if not len(times.date):
        return np.full(len(session), np.nan)
    at = np.minimum(np.searchsorted(times.date, session), len(times.date) - 1)
    known, since = times.date[at] == session, moment - times.open[at]
    if name == "weekday":
        return _where(known, [_weekday(each) for each in times.date[at].tolist()])
    if name == "minutes_since_open":
        return _where(known, since / 60_000)
    if name == "session_bar":
        return _where(known, np.ceil(since / length) if (length := timeframe.row.length_ms) else np.ones(len(at)))
    if name == "days_to_month_end":
        return _where(known, np.searchsorted(times.date, (session // 100 + 1) * 100) - 1 - at)
    raise ValueError(f"there is no time field {name!r}; there are {', '.join(TIME_FIELDS)}")


def _where(known: npt.NDArray[np.bool_], values: npt.ArrayLike) -> Floats:
    return np.where(known, np.asarray(values, np.float64), np.nan)


def _minutes(zone: ZoneInfo, moment: int) -> int:
    local = dt.datetime.fromtimestamp(moment / 1000, zone)
    return 60 * local.hour + local.minute


def _weekday(date: int) -> int:
    return dt.date(date // 10_000, date // 100 % 100, date % 100).isoweekday()
