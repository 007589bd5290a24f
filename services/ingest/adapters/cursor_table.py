"""Stores in the database how far each source has been published."""

from __future__ import annotations

from sqlalchemy import select

from shared.db import Database
from shared.tables import ingest_cursors


class CursorTable:
    """The table ``ingest_cursors``: one row per cursor, its position as text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, cursor: str) -> str | None:
        """The position of a cursor, or None. Raises ``TransientError``."""
        async with self._database.connect() as connection:
            found = await connection.execute(select(ingest_cursors.c.position).where(ingest_cursors.c.cursor == cursor))
            position: str | None = found.scalar_one_or_none()
            return position

    async def save(self, cursor: str, position: str, now: int) -> None:
        """Store a position; ``now`` in milliseconds. Raises ``TransientError``."""
        rows = [{"cursor": cursor, "position": position, "updated_at": now}]
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(ingest_cursors, rows), rows)

    async def all(self) -> dict[str, str]:
        """The position of every cursor by its name. Raises ``TransientError``."""
        async with self._database.connect() as connection:
            found = await connection.execute(select(ingest_cursors.c.cursor, ingest_cursors.c.position))
            return {row.cursor: row.position for row in found}
