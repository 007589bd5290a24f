"""Reads the sessions of every exchange from the calendars that ingest uses too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from services.analysis.live.domain.calendar import Calendar, calendar
from shared.calendars import CALENDARS, Corrections, sessions

AHEAD: Final = dt.timedelta(days=400)


def read_calendar(start: dt.date, today: dt.date, corrections: Corrections | None = None, folder: Path | None = None) -> Calendar:
    """All sessions from ``start`` to 400 days after ``today``; ``corrections`` and ``folder`` as in ``sessions``.

    Takes seconds: run it in a thread.
    """
    return calendar({exchange: sessions(exchange, start, today + AHEAD, corrections, folder) for exchange in CALENDARS})
