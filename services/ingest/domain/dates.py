"""Which session date a row of a chart, a split or a dividend belongs to."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.ingest.domain.yahoo_chart import Chart
from services.ingest.domain.yahoo_errors import MalformedError

LATEST = 4_102_444_800
"""Seconds: the year 2100."""


def zone_of(chart: Chart) -> dt.tzinfo:
    """The exchange's zone; where Yahoo names none, its distance from UTC now, and else UTC.

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
    """The local date of a time in seconds as yyyymmdd; 0 where it is no possible time."""
    if not 0 <= ts < LATEST:
        return 0
    return _number(dt.datetime.fromtimestamp(ts, zone))


def stamped_date(ts: int, zone: dt.tzinfo) -> int:
    """The session date of a daily row or of an event, as yyyymmdd; 0 where it is no possible time.

    Yahoo stamps them with the local midnight or the open of the session. Where it takes the wrong side of a change of the clocks,
    midnight becomes 23:00 of the evening before: such a stamp belongs to the day that follows.

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
    """The session date of each row of a chart. The newest daily row may carry the time of the last price instead of a stamp."""
    if chart.interval != "1d":
        return [session_date(row.ts, zone) for row in chart.rows]
    return [session_date(row.ts, zone) if row.ts == chart.price_ts else stamped_date(row.ts, zone) for row in chart.rows]


def _number(day: dt.datetime) -> int:
    return day.year * 10_000 + day.month * 100 + day.day
