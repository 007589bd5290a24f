"""The calendars of exchanges around a date."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shared.calendars import CALENDARS, Sessions, sessions

AROUND: Final = dt.timedelta(days=45)


class ExchangeCalendars:
    """``Calendars`` by the calendar libraries."""

    def __init__(self, folder: Path | None = None) -> None:
        """``folder``: where computed sessions are kept."""
        self._folder = folder
        self._computing = asyncio.Lock()

    async def around(self, exchanges: Sequence[str], day: dt.date) -> list[Sessions]:
        start, end = (
            dt.date((day - AROUND).year, 1, 1),
            dt.date((day + AROUND).year, 12, 31),
        )  # whole years, so that few are computed
        async with self._computing:  # a year of a calendar that was never read takes seconds in a thread
            known = [exchange for exchange in exchanges if exchange in CALENDARS]
            return [await asyncio.to_thread(sessions, exchange, start, end, None, self._folder) for exchange in known]
