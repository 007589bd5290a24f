"""Deletes what stored bars were before they were replaced, once it is older than it is kept for."""

from __future__ import annotations

from typing import Final

import structlog
from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import Database
from shared.tables import bar_revisions, kept_since

AT_A_TIME: Final = 1000
MOST: Final = 100
"""Batches of one run; the rest is left to the next one."""
SECONDS: Final = 10.0
log: Final = structlog.get_logger("analysis.revisions")


class OldRevisions:
    """The table of replaced bars. Raises ``TransientError`` when the database is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def delete_before(self, moment: int) -> int:
        """Delete bars that were replaced before ``moment``, in milliseconds; returns how many.

        From then on it is stored that nothing before ``moment`` is whole.
        """
        column, deleted = bar_revisions.c, 0
        for _ in range(MOST):
            old = select(*bar_revisions.primary_key.columns).where(column.replaced_at < moment).limit(AT_A_TIME)
            async with self._database.begin(seconds=SECONDS) as connection:
                keys = [tuple(row) for row in await connection.execute(old)]
                if not keys:
                    break
                row = {"name": bar_revisions.name, "since": max(moment, await _since(connection))}
                await connection.execute(self._database.upsert(kept_since, [row]), [row])
                await connection.execute(delete(bar_revisions).where(tuple_(*bar_revisions.primary_key.columns).in_(keys)))
            deleted += len(keys)
        if deleted:
            log.info("old revisions of bars are deleted", rows=deleted)
        return deleted


async def _since(connection: AsyncConnection) -> int:
    wanted = select(kept_since.c.since).where(kept_since.c.name == bar_revisions.name)
    return int((await connection.execute(wanted)).scalar() or 0)
