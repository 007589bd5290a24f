"""Counts for the operator: chats, alerts and deliveries."""

from __future__ import annotations

from sqlalchemy import func, select

from shared.db import Database
from shared.tables import chats, conditions, deliveries, watchlists


class StatisticsTables:
    """``Statistics`` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def counts(self, since: int) -> dict[str, int]:
        async with self._database.connect() as connection:
            found: dict[str, int] = {}
            by_kind = select(chats.c.kind, chats.c.active, func.count()).group_by(chats.c.kind, chats.c.active)
            for kind, active, count in (await connection.execute(by_kind)).all():
                found[f"chats {kind} {'active' if active else 'off'}"] = int(count)
            for name, table in (("alerts", conditions), ("watched", watchlists)):
                found[name] = int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
            hour = (deliveries.c.channel, deliveries.c.status)
            counted = select(*hour, func.count()).where(deliveries.c.updated_at >= since).group_by(*hour)
            for channel, status, count in (await connection.execute(counted)).all():
                found[f"deliveries {channel} {status}"] = int(count)
        return found
