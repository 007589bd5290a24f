"""The table ``premium_members``: who was invited to the premium channel."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Final

from sqlalchemy import and_, delete, func, or_, select, update

from services.notifier.domain.members import Member
from shared.db import Database
from shared.tables import chats
from shared.tables import premium_members as table

_COLUMNS: Final = tuple(table.c[field.name] for field in fields(Member))


class MemberTable:
    """``MemberStore`` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, chat_id: str) -> Member | None:
        async with self._database.connect() as connection:
            row = (await connection.execute(select(*_COLUMNS).where(table.c.chat_id == chat_id))).first()
        return None if row is None else Member(*row)

    async def save(self, member: Member) -> None:
        rows = [asdict(member)]
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(table, rows), rows)

    async def remove(self, chat_id: str) -> None:
        async with self._database.begin() as connection:
            await connection.execute(delete(table).where(table.c.chat_id == chat_id))

    async def without_premium(self, before: int, now: int, limit: int) -> list[Member]:
        same = and_(chats.c.channel == "telegram", chats.c.chat_id == table.c.chat_id)
        ended = or_(chats.c.chat_id.is_(None), func.coalesce(chats.c.premium_until, 0) <= before)
        wanted = select(*_COLUMNS).select_from(table.outerjoin(chats, same)).where(ended, table.c.next_try_at <= now)
        async with self._database.connect() as connection:
            return [Member(*row) for row in (await connection.execute(wanted.order_by(table.c.next_try_at).limit(limit))).all()]

    async def postpone(self, chat_id: str, until: int) -> None:
        async with self._database.begin() as connection:
            await connection.execute(update(table).where(table.c.chat_id == chat_id).values(next_try_at=until))
