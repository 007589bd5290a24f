"""The rows of stories in ``deliveries``, and the chats that want a story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, exists, select

from services.notifier.adapters.chats import chats_of
from services.notifier.adapters.deliveries import COLUMNS, UNTOUCHED, as_read, delivery_of, delivery_row
from services.notifier.domain.delivery import DeliveryRow, DeliveryStatus
from services.notifier.domain.ports.deliveries import NewDelivery
from services.notifier.domain.recipients import Chat
from services.notifier.domain.stories import StoryEdit, StoryMessage, edit_id
from shared.db import Database
from shared.failures import TransientError
from shared.tables import chats, deliveries, watched_industries, watchlists

CHANGED = ("status", "body", "message_id", "tries", "unknowns", "next_try_at", "error", "created_at")


class StoryRows:
    """``StoryStore`` on the database, for one channel."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database, self._channel = database, channel

    async def readers(self, importance: float, symbols: Sequence[str], industries: Sequence[str]) -> list[Chat]:
        if not symbols and not industries:
            return []
        c = chats.c
        wanting = and_(c.channel == self._channel, c.active.is_(True), c.news_from > 0, c.news_from <= importance)
        everything = select(c.chat_id, c.watch_all_thread_id).where(wanting, c.watch_all.is_(True))
        queries = [everything]
        for table, column, names in (
            (watchlists, watchlists.c.symbol, symbols),
            (watched_industries, watched_industries.c.industry, industries),
        ):
            of_chat = and_(table.c.channel == c.channel, table.c.chat_id == c.chat_id)
            queries.append(select(c.chat_id, table.c.thread_id).join(table, of_chat).where(wanting, column.in_(tuple(names))))
        async with self._database.connect() as connection:
            rows = {tuple(row) for query in queries for row in (await connection.execute(query)).all()}
            found = await chats_of(connection, {(self._channel, chat_id) for chat_id, _ in rows})
        known = ((found.get((self._channel, chat_id)), thread) for chat_id, thread in rows)
        return [replace(chat, thread_id=thread) for chat, thread in known if chat is not None]

    async def messages(self, story_id: str) -> list[StoryMessage]:
        other, d = deliveries.alias(), deliveries.c
        shared = exists().where(  # the rows of one message are recorded with one time: the index covers it
            other.c.channel == d.channel, other.c.chat_id == d.chat_id, other.c.updated_at == d.updated_at,
            other.c.message_id == d.message_id, other.c.signal_id != d.signal_id, other.c.kind != "edit",
        )  # fmt: skip
        wanted = (
            select(*COLUMNS, d.updated_at, chats.c.language, shared)
            .join(chats, and_(chats.c.channel == d.channel, chats.c.chat_id == d.chat_id))
            .where(d.signal_id == story_id, d.channel == self._channel, d.kind == "story")
        )
        return [
            StoryMessage(delivery_of(row[:-3]), row[-2], row[-3], alone=not row[-1])
            for row in await self._read(wanted)
        ]  # fmt: skip

    async def edits(self, of: str) -> list[StoryEdit]:
        d = deliveries.c
        wanted = select(*COLUMNS, d.updated_at).where(d.signal_id == of, d.channel == self._channel, d.kind == "edit")
        return [StoryEdit(delivery_of(row[:-1]), row[-1]) for row in await self._read(wanted)]

    async def grow(
        self,
        waiting: Sequence[DeliveryRow],
        sent: Sequence[tuple[StoryMessage, StoryEdit | None, int]],
        body: str,
        now: int,
    ) -> None:
        rows = [_edit(message.row, edit, due, body, now) for message, edit, due in sent]
        async with self._database.begin() as connection:
            for row in waiting:
                # another time: a sender that has read the row with its old content cannot claim it
                change = as_read(row) | {"body": body, "next_try_at": row.next_try_at + 1}
                if (await connection.execute(UNTOUCHED, change)).rowcount != 1:
                    raise TransientError(f"story {row.signal_id}: its row has changed meanwhile")
            if rows:
                await connection.execute(self._database.upsert(deliveries, rows, update=CHANGED), rows)

    async def _read(self, wanted: Any) -> list[Any]:
        async with self._database.connect() as connection:
            return list((await connection.execute(wanted)).all())


def _edit(row: DeliveryRow, edit: StoryEdit | None, due: int, body: str, now: int) -> dict[str, Any]:
    """The row that edits a message. One more try than before: an edit that is being made cannot close it."""
    chat = Chat(row.channel, row.chat_id, thread_id=row.thread_id)
    new = NewDelivery(edit_id(row.signal_id), chat, DeliveryStatus.PENDING, body, kind="edit", paced=False)
    tries = edit.row.tries + 1 if edit else 0
    return delivery_row(new, now) | {"message_id": row.message_id, "next_try_at": due, "tries": tries}
