"""/v1/calendar: when an exchange trades."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Final

from services.gateway.domain.calendar_models import CalendarQuery, calendar_days, day_range
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import answer_of_views
from shared.calendars import sessions

FRESH_MS: Final = 3_600_000
_computing: Final = asyncio.Semaphore(1)
"""A year of a calendar that was never read takes seconds in a thread."""


async def get_calendar(gateway: Gateway, query: CalendarQuery) -> Answer:
    """Sessions with their hours, and weekdays without one, oldest first. docs/calendars.md says where they come from."""
    read_at = gateway.clock()
    start, end = day_range(query, dt.datetime.fromtimestamp(read_at / 1000, dt.UTC).date())
    whole = dt.date(start.year, 1, 1), dt.date(end.year, 12, 31)  # whole years, so that few are computed
    async with _computing:
        found = await asyncio.to_thread(sessions, query.exchange, *whole, None, gateway.settings.session_files)
    days = list(calendar_days(found, start, end))
    return answer_of_views(days, "finstage" if days else None, fresh=lambda: gateway.clock() - read_at < FRESH_MS)
