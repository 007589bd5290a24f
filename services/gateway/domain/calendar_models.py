"""Trading days and holidays of an exchange."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from services.gateway.domain.problems import RequestError
from services.gateway.domain.times import SessionDate, Time, rfc3339
from shared.calendars import CALENDARS, Sessions

if TYPE_CHECKING:
    ExchangeName = str
else:
    ExchangeName = Literal[*CALENDARS]

FIRST: Final = dt.date(2000, 1, 1)
MOST_DAYS: Final = 366
AHEAD_DAYS: Final = 366
"""So far into the future the calendars are known."""
DEFAULT_DAYS: Final = 30
SATURDAY: Final = 5
DateParameter = Annotated[dt.date, msgspec.Meta(examples=["2026-07-02"], extra_json_schema={"minLength": 10, "maxLength": 10})]


class CalendarQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which days; without ``start`` and ``end`` the next 30."""

    exchange: ExchangeName
    start: DateParameter | None = None
    end: DateParameter | None = None


class CalendarDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day on which an exchange trades, or a weekday on which it does not."""

    exchange: str
    date: SessionDate
    kind: Literal["session", "holiday"]
    open: Time | None
    """When trading begins; null on a holiday. It may be the day before, as of futures."""
    close: Time | None
    """When trading ends."""


def day_range(query: CalendarQuery, today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day.

    Raises:
        RequestError: the range is the wrong way round, too long, or not known.
    """
    start = query.start or (query.end - dt.timedelta(DEFAULT_DAYS) if query.end and query.end > FIRST else today)
    end = query.end or start + dt.timedelta(DEFAULT_DAYS) if start < dt.date.max - dt.timedelta(DEFAULT_DAYS) else start
    for field, found, value in (
        ("start", start > end, start),
        ("end", (end - start).days >= MOST_DAYS, end),
        ("start", start < FIRST, start),
        ("end", (end - today).days > AHEAD_DAYS, end),
    ):
        if found:
            about = f"expected start <= end, at most {MOST_DAYS} days, from {FIRST} to {AHEAD_DAYS} days from today"
            raise RequestError(
                "invalid-parameter", f"{field}: {about}", field=field, value=value.isoformat(), code="value-date", fits=True
            )
    return start, end


def calendar_days(sessions: Sessions, start: dt.date, end: dt.date) -> Iterator[CalendarDay]:
    """Each session from ``start`` to ``end``, and each weekday without one."""
    hours = {int(date): (int(o), int(c)) for date, o, c in zip(sessions.date, sessions.open, sessions.close, strict=True)}
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        day = dt.date.fromordinal(ordinal)
        found = hours.get(day.year * 10_000 + day.month * 100 + day.day)
        date = day.isoformat()
        if found is not None:
            opened, closed = map(rfc3339, found)
            yield CalendarDay(exchange=sessions.exchange, date=date, kind="session", open=opened, close=closed)
        elif day.weekday() < SATURDAY:
            yield CalendarDay(exchange=sessions.exchange, date=date, kind="holiday", open=None, close=None)
