"""Reads the sessions of single exchanges from the calendars that live uses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from services.analysis.kernels.conditions.times import ExchangeTimes
from shared.calendars import CALENDARS, ZONES, read_corrections, sessions

AHEAD: Final = dt.timedelta(days=400)


class ExchangeCalendars:
    """The sessions of exchanges, each read at its first use. Blocks: call it in a thread."""

    def __init__(self, start: dt.date, corrections: Path | None, folder: Path | None) -> None:
        """``folder`` as in ``sessions``."""
        self._start = start
        self._corrections = corrections
        self._folder = folder

    def times(self, exchanges: Iterable[str], today: dt.date) -> dict[str, ExchangeTimes]:
        """The sessions by exchange, to 400 days after the start of this month; an unknown exchange has none.

        Raises:
            CorrectionError: the file of corrections cannot be used.
        """
        corrections, end = read_corrections(self._corrections, self._folder), today.replace(day=1) + AHEAD
        found = {}
        for name in set(exchanges) & CALENDARS.keys():
            of = sessions(name, self._start, end, corrections, self._folder)
            found[name] = ExchangeTimes(of.date, of.open, of.close, ZoneInfo(ZONES.get(name, "UTC")))
        return found
