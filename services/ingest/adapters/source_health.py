"""Writes the health of the provider's sources to the table ``sources``, for readers in other processes.

Rows are written after each change, and also at an interval, so that an old ``updated_at`` shows that ingest has stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Final

import structlog
from sqlalchemy import delete

from services.ingest.domain.clock import Clock
from services.ingest.domain.health import SourceHealth
from shared.db import Database
from shared.failures import TransientError
from shared.tables import sources

CHECK_SECONDS: Final = 2.0
"""Interval of checking for changes; changes within it are written together."""
REPEAT_SECONDS: Final = 10.0

log = structlog.get_logger("ingest")


async def store_health(database: Database, found: Sequence[SourceHealth], now: int) -> None:
    """Replace the rows of the table by these sources; ``now`` in milliseconds.

    Raises:
        TransientError: the database is not available.
    """
    rows = [asdict(each) | {"updated_at": now} for each in found]
    async with database.begin() as connection:
        await connection.execute(delete(sources).where(sources.c.source.not_in([each.source for each in found])))
        if rows:
            await connection.execute(database.upsert(sources, rows), rows)


async def report_health(
    health: Callable[[], Sequence[SourceHealth]],
    store: Callable[[Sequence[SourceHealth], int], Awaitable[None]],
    clock: Clock,
    stopping: asyncio.Event,
) -> None:
    """Store the health after changes and at an interval, until the process stops."""
    written: Sequence[SourceHealth] | None = None
    due = clock.now()
    while not stopping.is_set():
        found = health()
        if found != written or (found and clock.now() >= due):
            try:
                await store(found, clock.wall())
            except TransientError as error:
                log.warning("the health of the sources cannot be stored now", error=str(error))
            else:
                written, due = found, clock.now() + REPEAT_SECONDS
        await clock.wait(CHECK_SECONDS)
