"""Reads briefings from the table that the notifier writes: those for everyone alone, never one for some chats."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import Select, and_, func, or_, select

from services.gateway.domain.briefings import BriefingsFilter, StoredBriefing
from shared.briefings import Briefing
from shared.db import Database
from shared.tables import briefings as table

log: Final = structlog.get_logger("gateway.briefings")
_briefing: Final = msgspec.json.Decoder(Briefing).decode


class StoredBriefings:
    """``domain.briefings.BriefingStore`` on the table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, filter_: BriefingsFilter) -> list[StoredBriefing]:
        wanted = _for_everyone()
        c = table.c
        for column, value in (
            (c.market, filter_.market),
            (c.kind, filter_.kind),
            (c.language, filter_.language),
            (c.day, filter_.day),
        ):
            if value is not None:
                wanted = wanted.where(column == value)
        if filter_.before is not None:
            day, last = filter_.before
            wanted = wanted.where(or_(c.day < day, and_(c.day == day, c.id < last)))
        return await self._read(wanted.order_by(c.day.desc(), c.id.desc()).limit(filter_.limit))

    async def one(self, briefing_id: str) -> StoredBriefing | None:
        return next(iter(await self._read(_for_everyone().where(table.c.id == briefing_id))), None)

    async def picture(self, briefing_id: str) -> bytes | None:
        wanted = select(table.c.picture).where(table.c.id == briefing_id, table.c.audience == "")
        async with self._database.connect() as connection:
            return (await connection.execute(wanted)).scalar() or None

    async def _read(self, wanted: Select[Any]) -> list[StoredBriefing]:
        async with self._database.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        found = []
        for briefing_id, body, size in rows:
            try:
                found.append(StoredBriefing(briefing_id, _briefing(body), bool(size)))
            except msgspec.DecodeError as error:
                log.warning("cannot decode a stored briefing", briefing=briefing_id, error=str(error))
        return found


def _for_everyone() -> Select[Any]:
    return select(table.c.id, table.c.body, func.length(table.c.picture)).where(table.c.audience == "")
