"""All rows about one chat: a copy, and their deletion."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, Table, and_, delete, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from services.notifier.domain.backtests import requested_by
from shared.db import Database
from shared.tables import (
    alert_rules,
    chats,
    conditions,
    deliveries,
    dialogs,
    key_chats,
    payments,
    premium_members,
    research_runs,
    watched_industries,
    watchlists,
)

TABLES: Final[tuple[Table, ...]] = (
    chats,
    watchlists,
    watched_industries,
    alert_rules,
    conditions,
    dialogs,
    payments,
    premium_members,
    key_chats,
    deliveries,
)
"""Every table with rows about a chat; a test compares them with the columns of all tables."""
COUNTED: Final = frozenset({"deliveries"})
"""Tables whose rows a copy counts instead of listing them."""


class PersonalDataTables:
    """``PersonalData`` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def export(self, channel: str, chat_id: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        async with self._database.connect() as connection:
            for table in TABLES:
                mine = _mine(table, channel, chat_id)
                if table.name in COUNTED:
                    found[table.name] = (await connection.execute(select(func.count()).select_from(table).where(mine))).scalar_one()
                    continue
                rows = (await connection.execute(select(table).where(mine))).all()
                found[table.name] = [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name
        return found

    async def forget(self, channel: str, chat_id: str) -> None:
        async with self._database.begin() as connection:
            for table in TABLES:
                mine = _mine(table, channel, chat_id)
                if table is payments:  # without whom it was from, so that a charge that is read again is not credited again
                    await connection.execute(update(payments).where(mine).values(chat_id="", user_id="", payload=""))
                else:
                    await connection.execute(delete(table).where(mine))
            for column, value, empty in _mentions(channel, chat_id):
                await connection.execute(update(column.table).where(column == value).values({column.name: empty}))


def _mentions(channel: str, chat_id: str) -> list[tuple[Column[Any], str, str]]:
    """Rows about something else that name the person: groups that they set up, what they paid for others, what they ran."""
    persons = [(chats.c.user_id, chat_id, ""), (payments.c.user_id, chat_id, "")]
    return [*persons, (research_runs.c.requested_by, requested_by(channel, chat_id), "")]


def _mine(table: Table, channel: str, chat_id: str) -> ColumnElement[bool]:
    of_chat = table.c.chat_id == chat_id
    return and_(of_chat, table.c.channel == channel) if "channel" in table.c else of_chat
