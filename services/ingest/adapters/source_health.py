"""The table ``sources``: how each source of the provider stands, for those who cannot ask ingest itself.

It is written at once when something changes, and now and then so that silence means a dead ingest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Final

import structlog
from sqlalchemy import delete

from services.ingest.domain.clock import Clock
from services.ingest.domain.health import Health
from shared.db import Database
from shared.failures import TransientError
from shared.tables import sources

LOOK_SECONDS: Final = 2.0
"""Changes within this time make one write."""
REPEAT_SECONDS: Final = 10.0

log = structlog.get_logger("ingest")


async def store_health(database: Database, found: Sequence[Health], now: int) -> None:
    """Make the table hold these sources and no others; ``now`` in milliseconds.

    Raises:
        TransientError: the database is not there now.
    """
    rows = [asdict(each) | {"updated_at": now} for each in found]
    async with database.begin() as connection:
        await connection.execute(delete(sources).where(sources.c.source.not_in([each.source for each in found])))
        if rows:
            await connection.execute(database.upsert(sources, rows), rows)


async def report_health(
    health: Callable[[], Sequence[Health]],
    store: Callable[[Sequence[Health], int], Awaitable[None]],
    clock: Clock,
    stopping: asyncio.Event,
) -> None:
    """Write until the process stops."""
    written: Sequence[Health] | None = None
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
        await clock.wait(LOOK_SECONDS)
