"""When a market has closed, and when it trades next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from shared.briefings import BriefingHoliday, BriefingSession, Kind
from shared.calendars import Sessions
from shared.events import Timeframe

SETTLED: Final = 600_000
"""Milliseconds after the close at which a briefing is built, so that the last bars are stored."""
WINDOW: Final = 12 * 3_600_000
"""Milliseconds after the close in which a briefing is still begun."""
PARTIAL: Final = 3_600_000
"""Milliseconds after the close from which a briefing is built though most instruments have no bar."""
SATURDAY: Final = 5
SHORT: Final = 0.9
"""A session below this share of the usual length ends early."""
AHEAD: Final = {"daily": 1, "weekly": 7}
"""Days after the session in which holidays are listed, beside those before the next session."""


class ClosedSession(NamedTuple):
    """A session that has ended."""

    day: int
    close: int
    ends_week: bool


def last_closed(calendars: Sequence[Sessions], now: int) -> ClosedSession | None:
    """The session of a market that has ended last, if a briefing may be begun now. ``calendars``: of its exchanges."""
    found: list[ClosedSession] = []
    for sessions in calendars:
        i = int(np.searchsorted(sessions.close, now - SETTLED, side="right")) - 1
        if i >= 0:
            close = int(sessions.close[i])
            found.append(ClosedSession(int(sessions.date[i]), close, int(sessions.period_close[Timeframe.W1][i]) == close))
    newest = max(found, key=lambda each: each.close, default=None)
    return newest if newest is not None and now < newest.close + WINDOW else None


def first_day(kind: Kind, day: int) -> int:
    """The first date of the period of a briefing: the session itself, or the Monday of its week.

    >>> first_day("daily", 20240703), first_day("weekly", 20240703)
    (20240703, 20240701)
    """
    date = date_of(day)
    return day if kind == "daily" else number_of(date - dt.timedelta(days=date.weekday()))


def next_sessions(calendars: Sequence[Sessions], day: int) -> tuple[BriefingSession, ...]:
    """The first session of each exchange after a date; exchanges with the same hours together."""
    together: dict[tuple[int, int, int, bool], list[str]] = {}
    for sessions in calendars:
        i = int(np.searchsorted(sessions.date, day, side="right"))
        if i < len(sessions.date):
            lengths = sessions.close - sessions.open
            early = bool(lengths[i] < SHORT * np.median(lengths))
            key = (int(sessions.date[i]), int(sessions.open[i]), int(sessions.close[i]), early)
            together.setdefault(key, []).append(sessions.exchange)
    return tuple(
        BriefingSession(exchanges=tuple(exchanges), day=date, open=opened, close=closed, early=early)
        for (date, opened, closed, early), exchanges in sorted(together.items())
    )


def holidays(calendars: Sequence[Sessions], day: int, kind: Kind) -> tuple[BriefingHoliday, ...]:
    """Weekdays without a session, from the day after ``day`` to the next session, and within a week of a weekly briefing."""
    together: dict[int, list[str]] = {}
    for sessions in calendars:
        i = int(np.searchsorted(sessions.date, day, side="right"))
        if i >= len(sessions.date):
            continue
        trading = {int(each) for each in sessions.date[i : i + 10]}
        last = max(int(sessions.date[i]), number_of(date_of(day) + dt.timedelta(days=AHEAD[kind])))
        date = date_of(day)
        while (date := date + dt.timedelta(days=1)) <= date_of(last):
            if date.weekday() < SATURDAY and number_of(date) not in trading:
                together.setdefault(number_of(date), []).append(sessions.exchange)
    return tuple(BriefingHoliday(exchanges=tuple(exchanges), day=each) for each, exchanges in sorted(together.items()))


def date_of(day: int) -> dt.date:
    """A date of its number.

    >>> date_of(20240703)
    datetime.date(2024, 7, 3)
    """
    return dt.date(day // 10_000, day // 100 % 100, day % 100)


def number_of(date: dt.date) -> int:
    """The number of a date."""
    return date.year * 10_000 + date.month * 100 + date.day
