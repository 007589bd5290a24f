"""Counts for the operator: chats, alerts and deliveries."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from shared.db import Database
from shared.tables import chats, conditions, deliveries, watchlists

HOUR: Final = 3_600_000


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

    async def hourly(self, since: int) -> dict[int, dict[str, int]]:
        hour = (deliveries.c.updated_at - deliveries.c.updated_at % HOUR).label("hour")
        counted = select(hour, deliveries.c.status, func.count()).where(deliveries.c.updated_at >= since)
        found: dict[int, dict[str, int]] = {}
        async with self._database.connect() as connection:
            rows = (await connection.execute(counted.group_by(hour, deliveries.c.status).order_by(hour.desc()))).all()
        for at, status, count in rows:
            found.setdefault(int(at), {})[status] = int(count)
        return found
