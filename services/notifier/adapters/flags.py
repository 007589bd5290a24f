"""The table ``feature_flags``."""

from __future__ import annotations

from sqlalchemy import select

from shared.db import Database
from shared.tables import feature_flags as table


class FlagTable:
    """``FlagStore`` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> dict[str, bool]:
        async with self._database.connect() as connection:
            rows = (await connection.execute(select(table.c.name, table.c.enabled))).all()
        return {name: bool(enabled) for name, enabled in rows}

    async def save(self, name: str, now: int, *, enabled: bool) -> None:
        rows = [{"name": name, "enabled": enabled, "changed_at": now}]
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(table, rows), rows)
