"""The session date of a chart's row, of a split or of a dividend."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.ingest.domain.yahoo_chart import Chart
from services.ingest.domain.yahoo_errors import MalformedError

LATEST = 4_102_444_800
"""Seconds: the year 2100."""


def zone_of(chart: Chart) -> dt.tzinfo:
    """The exchange's time zone; without a name its current UTC offset, and without that UTC.

    Raises:
        MalformedError: there is no such zone.
    """
    if not chart.timezone:
        offset = chart.offset or 0
        return dt.timezone(dt.timedelta(seconds=offset)) if abs(offset) < 86_400 else dt.UTC
    try:
        return ZoneInfo(chart.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise MalformedError(chart.symbol, f"meta.exchangeTimezoneName is {chart.timezone!r}") from error


def session_date(ts: int, zone: dt.tzinfo) -> int:
    """The local date of a time in seconds as yyyymmdd; 0 if the time is out of range."""
    if not 0 <= ts < LATEST:
        return 0
    return _number(dt.datetime.fromtimestamp(ts, zone))


def stamped_date(ts: int, zone: dt.tzinfo) -> int:
    """The session date of a daily row or of an event, as yyyymmdd; 0 if the time is out of range.

    Yahoo stamps them with local midnight or with the open of the session. With the wrong daylight saving offset, midnight becomes
    23:00 of the previous day: such a stamp belongs to the next day.

    >>> stamped_date(1_711_926_000, ZoneInfo("Europe/London")), stamped_date(1_711_926_000, dt.UTC)
    (20240401, 20240401)
    """
    if not 0 <= ts < LATEST:
        return 0
    day = dt.datetime.fromtimestamp(ts, zone)
    if (day.hour, day.minute, day.second) == (23, 0, 0):
        day += dt.timedelta(hours=1)
    return _number(day)


def row_dates(chart: Chart, zone: dt.tzinfo) -> list[int]:
    """The session date of each row of a chart. The newest daily row may carry the time of the last price instead of that of the
    session.
    """
    if chart.interval != "1d":
        return [session_date(row.ts, zone) for row in chart.rows]
    return [session_date(row.ts, zone) if row.ts == chart.price_ts else stamped_date(row.ts, zone) for row in chart.rows]


def _number(day: dt.datetime) -> int:
    return day.year * 10_000 + day.month * 100 + day.day
