"""Reads users' conditions from the notifier's tables."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analysis.live.adapters.scopes import Members, members, symbols, targets
from services.analysis.live.domain.user_conditions import ConditionRequest
from shared.db import Database
from shared.tables import chats, conditions, instrument_industries, watched_industries, watchlists

MOST: Final = 5_000
"""Conditions that are read, the oldest first."""
_ENABLED: Final = (
    select(conditions, chats.c.watch_all)
    .join(chats, and_(chats.c.channel == conditions.c.channel, chats.c.chat_id == conditions.c.chat_id))
    .where(conditions.c.enabled.is_(True), chats.c.active.is_(True))
    .order_by(conditions.c.created_at, conditions.c.channel, conditions.c.chat_id, conditions.c.number)
    .limit(MOST)
)
Lists = dict[tuple[str, str], set[str]]


class StoredConditions:
    """The enabled conditions of active chats, with their current instruments."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def requests(self) -> list[ConditionRequest]:
        """All of them, the oldest first. Raises ``TransientError``."""
        async with self._database.connect() as connection:
            rows = (await connection.execute(_ENABLED)).all()
            lists = await _watchlists(connection) if any(row.scope == "watched" and not row.watch_all for row in rows) else {}
            of = await members(connection) if any(row.scope == "industry" for row in rows) else {}
        return [ConditionRequest(row.condition_text, row.frequency == "once_per_bar", _symbols(row, lists, of)) for row in rows]


def _symbols(row: Any, lists: Lists, of: Members) -> frozenset[str] | None:
    if row.scope == "watched":
        return None if row.watch_all else frozenset(lists.get((row.channel, row.chat_id), ()))
    return symbols(row.scope, targets(row.targets), of)


async def _watchlists(connection: AsyncConnection) -> Lists:
    """The watched symbols of each chat, those of its watched industries among them."""
    listed = select(watchlists.c.channel, watchlists.c.chat_id, watchlists.c.symbol)
    industry, member = watched_industries.c, instrument_industries.c
    in_industries = select(industry.channel, industry.chat_id, member.symbol).join(
        instrument_industries, member.industry == industry.industry
    )
    found: Lists = defaultdict(set)
    for query in (listed, in_industries):
        for channel, chat_id, symbol in await connection.execute(query):
            found[channel, chat_id].add(symbol)
    return found
