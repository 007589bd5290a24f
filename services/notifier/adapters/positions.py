"""The table ``bot_positions``: how far lists of Telegram are read."""

from __future__ import annotations

from sqlalchemy import select

from shared.db import Database
from shared.tables import bot_positions as table


class PositionTable:
    """``Positions`` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> int:
        async with self._database.connect() as connection:
            return int((await connection.execute(select(table.c.position).where(table.c.name == name))).scalar() or 0)

    async def save(self, name: str, position: int) -> None:
        rows = [{"name": name, "position": position}]
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(table, rows), rows)
