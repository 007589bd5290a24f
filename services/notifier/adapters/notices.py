"""The table ``notices``, and the deliveries of what it holds."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import and_, func, select, update

from services.notifier.adapters.deliveries import delivery_row
from services.notifier.domain.contents import notice_body
from services.notifier.domain.delivery import DUE, NEVER, DeliveryStatus, Priority
from services.notifier.domain.notices import Notice, State
from services.notifier.domain.ports.deliveries import NewDelivery
from services.notifier.domain.recipients import Chat
from shared.db import Database
from shared.tables import chats, deliveries, notices

PAGE: Final = 500
"""Chats that get their delivery in one transaction."""


class NoticeTable:
    """``NoticeStore`` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, notice: Notice, now: int) -> None:
        row = {
            "id": notice.id,
            "kind": notice.kind,
            "audience": notice.audience,
            "body": msgspec.json.encode(notice.texts).decode(),
            "state": notice.state,
            "position": notice.position,
            "created_at": now,
        }
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(notices, [row], update=[]), [row])

    async def change(self, notice_id: str, before: State, after: State) -> bool:
        one = update(notices).where(notices.c.id == notice_id, notices.c.state == before).values(state=after)
        async with self._database.begin() as connection:
            return (await connection.execute(one)).rowcount == 1

    async def cancel(self, notice_id: str, now: int) -> int:
        """Stop it and close its deliveries that are not sent; returns how many."""
        waiting = and_(deliveries.c.signal_id == notice_id, deliveries.c.status.in_(DUE), deliveries.c.next_try_at < NEVER)
        closed = {"status": DeliveryStatus.FAILED, "next_try_at": NEVER, "error": "cancelled", "updated_at": now}
        async with self._database.begin() as connection:
            await connection.execute(update(notices).where(notices.c.id == notice_id).values(state="cancelled"))
            return (await connection.execute(update(deliveries).where(waiting).values(**closed))).rowcount

    async def counts(self, notice_id: str) -> dict[str, int]:
        counted = select(deliveries.c.status, func.count()).where(deliveries.c.signal_id == notice_id)
        async with self._database.connect() as connection:
            rows = (await connection.execute(counted.group_by(deliveries.c.status))).all()
        return {status: int(count) for status, count in rows}

    async def send_page(self, channel: str, now: int) -> int:
        """Insert the next deliveries of the oldest notice that is being sent, in one transaction with its position."""
        oldest = select(notices).where(notices.c.state == "sending").order_by(notices.c.created_at).limit(1)
        async with self._database.begin() as connection:
            notice = (await connection.execute(oldest)).first()
            if notice is None:
                return 0
            c = chats.c
            wanted = select(c.chat_id, c.language, c.kind).where(
                c.channel == channel, c.active.is_(True), c.chat_id > notice.position
            )
            page = (await connection.execute(wanted.order_by(c.chat_id).limit(PAGE))).all()
            if page:
                rows = [delivery_row(_new(notice, channel, row), now) for row in page]
                await connection.execute(self._database.upsert(deliveries, rows, update=[]), rows)
            done = len(page) < PAGE
            change: dict[str, Any] = {"state": "sent" if done else "sending"}
            if page:
                change["position"] = page[-1].chat_id
            await connection.execute(
                update(notices).where(notices.c.id == notice.id, notices.c.state == "sending").values(**change)
            )
        return len(page)


def _new(notice: Any, channel: str, row: Any) -> NewDelivery:
    chat = Chat(channel, row.chat_id, kind=row.kind, language=row.language)
    body = notice_body(msgspec.json.decode(notice.body, type=dict[str, str]))
    return NewDelivery(notice.id, chat, DeliveryStatus.PENDING, body, kind="notice", paced=False, priority=Priority.FOR_MANY)
