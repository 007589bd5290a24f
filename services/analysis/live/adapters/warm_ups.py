"""The table of what is being warmed up: the bot shows it beside a condition."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete

from shared.db import Database
from shared.tables import warm_ups


class WarmUpTable:
    """One row a partition. Raises ``TransientError`` when the database is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def report(self, partition: int, columns: Sequence[str], symbols_left: int, now: int) -> None:
        """Stores the columns that are not warmed up yet, and for how many symbols; without columns it deletes the row."""
        async with self._database.begin() as connection:
            if not columns:
                await connection.execute(delete(warm_ups).where(warm_ups.c.partition_no == partition))
                return
            names = msgspec.json.encode(columns).decode()
            row = {"partition_no": partition, "indicators": names, "symbols_left": symbols_left, "updated_at": now}
            await connection.execute(self._database.upsert(warm_ups, [row]), [row])
