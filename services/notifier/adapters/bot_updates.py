"""The table ``bot_updates``: what the webhook received and what is handled, so that each update is handled once."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from shared.db import Database
from shared.tables import bot_updates as table


class UpdateTable:
    """Updates by their number. All methods raise TransientError when the database is not available."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, number: int, body: str, now: int) -> bool:
        """Store an update; False: it was received before."""
        try:
            async with self._database.begin() as connection:
                await connection.execute(table.insert().values(update_id=number, body=body, received_at=now))
        except IntegrityError:
            return False
        return True

    async def waiting(self, limit: int) -> list[str]:
        """The bodies of updates that are not handled, oldest first."""
        wanted = select(table.c.body).where(table.c.handled_at == 0).order_by(table.c.update_id).limit(limit)
        async with self._database.connect() as connection:
            return list((await connection.execute(wanted)).scalars())

    async def handled(self, number: int, now: int) -> None:
        """Record that an update is handled; what people wrote is not kept."""
        async with self._database.begin() as connection:
            await connection.execute(update(table).where(table.c.update_id == number).values(body="", handled_at=now))

    async def finish(self, number: int, now: int) -> None:
        """Record that an update is handled that was fetched, and so never stored."""
        row = {"update_id": number, "body": "", "received_at": now, "handled_at": now}
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(table, [row]), [row])

    async def finished(self, numbers: Collection[int]) -> frozenset[int]:
        """Those of the updates that are handled."""
        wanted = select(table.c.update_id).where(table.c.update_id.in_(numbers), table.c.handled_at > 0)
        async with self._database.connect() as connection:
            return frozenset((await connection.execute(wanted)).scalars())

    async def remove_handled(self, before: int) -> int:
        """Delete updates that were handled and received before a time; returns how many."""
        old = delete(table).where(table.c.handled_at > 0, table.c.received_at < before)
        async with self._database.begin() as connection:
            return (await connection.execute(old)).rowcount
