"""The table ``sources``: how each source of the provider stands, for those who cannot ask ingest itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete

from services.ingest.domain.health import Health
from shared.db import Database
from shared.tables import sources


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
