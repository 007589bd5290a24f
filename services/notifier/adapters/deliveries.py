"""The table ``deliveries``: every change is a compare-and-set, so that several processes may share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from typing import Any

from sqlalchemy import Update, and_, bindparam, func, not_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifier.adapters.group_commit import GroupCommit
from services.notifier.domain.delivery import DUE, NEVER, DeliveryRow, DeliveryStatus, RowChange
from services.notifier.domain.pacing import RecentMessages
from services.notifier.domain.ports.deliveries import NewDelivery
from shared.db import Database
from shared.tables import deliveries as table

COLUMNS = (
    table.c.signal_id,
    table.c.channel,
    table.c.chat_id,
    table.c.status,
    table.c.tries,
    table.c.unknowns,
    table.c.next_try_at,
    table.c.body,
    table.c.traceparent,
    table.c.created_at,
    table.c.thread_id,
    table.c.kind,
    table.c.message_id,
)
_KEY = [table.c[name] == bindparam(f"was_{name}") for name in ("signal_id", "channel", "chat_id", "thread_id")]
UNTOUCHED = update(table).where(*_KEY, *(table.c[name] == bindparam(f"was_{name}") for name in ("status", "tries", "next_try_at")))
"""Changes a row that is as it was read, given ``as_read`` and the new values. Built once: each delivery runs it three times."""
_HELD = update(table).where(
    *_KEY,
    table.c.tries == bindparam("was_tries"),
    table.c.status.in_((DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN)),
)
_FINAL = (DeliveryStatus.EXPIRED, DeliveryStatus.MUTED)


class DeliveryTable:
    """``DeliveryQueue``, ``Outcomes`` and ``DeliveryCounts`` on the database, for the rows of some channels."""

    def __init__(self, database: Database, channels: Sequence[str]) -> None:
        self._database, self._changes = database, GroupCommit(database)
        self._ours = table.c.channel.in_(tuple(channels))

    async def add(self, deliveries: Sequence[NewDelivery], now: int) -> None:
        rows = [delivery_row(new, now) for new in deliveries]
        if not rows:
            return
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(table, rows, update=[]), rows)

    async def due(self, now: int, limit: int, excluding: Sequence[tuple[str, str]] = ()) -> list[DeliveryRow]:
        wanted = (
            select(*COLUMNS)
            .where(table.c.status.in_(DUE), table.c.next_try_at <= now, self._ours)
            .where(*(not_(and_(table.c.channel == channel, table.c.chat_id == chat_id)) for channel, chat_id in excluding))
            .order_by(table.c.priority, table.c.next_try_at, table.c.created_at, table.c.signal_id)
            .limit(limit)
        )
        return await self._read(wanted)

    async def due_of(self, channel: str, chat_id: str, now: int, limit: int) -> list[DeliveryRow]:
        mine = and_(table.c.channel == channel, table.c.chat_id == chat_id)
        wanted = select(*COLUMNS).where(mine, table.c.status.in_(DUE), table.c.next_try_at <= now)
        return await self._read(wanted.order_by(table.c.created_at, table.c.signal_id).limit(limit))

    async def recent_messages(self, channel: str, chat_id: str, since: int) -> RecentMessages:
        sent = (
            select(func.count(table.c.message_id.distinct()), func.max(table.c.updated_at))
            .where(table.c.channel == channel, table.c.chat_id == chat_id, table.c.updated_at >= since)
            .where(table.c.status == DeliveryStatus.SENT, table.c.kind.in_(("signal", "story")), table.c.paced == true())
        )
        async with self._database.connect() as connection:
            count, last = (await connection.execute(sent)).one()
        return RecentMessages(int(count), int(last or 0))

    async def reserve(self, slots: Sequence[tuple[DeliveryRow, int]]) -> list[DeliveryRow]:
        changes = [as_read(delivery) | {"next_try_at": slot} for delivery, slot in slots]
        changed = await self._compare_and_set(UNTOUCHED, changes)
        return [replace(delivery, next_try_at=slot) for (delivery, slot), ours in zip(slots, changed, strict=True) if ours]

    async def claim(self, deliveries: Sequence[DeliveryRow], now: int, lease: int) -> list[DeliveryRow]:
        claimed = [
            replace(delivery, status=DeliveryStatus.SENDING, tries=delivery.tries + 1, next_try_at=lease) for delivery in deliveries
        ]
        changes = [
            as_read(before) | {"status": after.status, "tries": after.tries, "next_try_at": lease, "updated_at": now}
            for before, after in zip(deliveries, claimed, strict=True)
        ]
        return list(compress(claimed, await self._compare_and_set(UNTOUCHED, changes)))

    async def finish(self, delivery: DeliveryRow, change: RowChange, now: int) -> bool:
        values = {
            "status": change.status,
            "unknowns": change.unknowns,
            "next_try_at": change.next_try_at,
            "message_id": change.message_id or delivery.message_id,
            "error": change.error,
            "updated_at": now,
            "to_report": change.final and delivery.kind == "signal",
        }
        statement, was = UNTOUCHED, as_read(delivery)
        if delivery.status is DeliveryStatus.SENDING:  # the lease may have expired: a known outcome replaces unknown
            statement = _HELD
            del was["was_status"], was["was_next_try_at"]
        return (await self._compare_and_set(statement, [was | values]))[0]

    async def expired_leases(self, now: int, limit: int) -> list[DeliveryRow]:
        wanted = (
            select(*COLUMNS).where(table.c.status == DeliveryStatus.SENDING, table.c.next_try_at <= now, self._ours).limit(limit)
        )
        return await self._read(wanted)

    async def unreported(self, limit: int) -> list[tuple[DeliveryRow, str]]:
        wanted = select(*COLUMNS, table.c.error).where(table.c.to_report == true(), self._ours).limit(limit)
        async with self._database.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        return [(delivery_of(row[:-1]), row[-1]) for row in rows]

    async def mark_reported(self, deliveries: Sequence[DeliveryRow]) -> None:
        async with self._database.begin() as connection:
            for delivery in deliveries:
                await connection.execute(UNTOUCHED, as_read(delivery) | {"to_report": False})

    async def counts_by_status(self, channel: str, chat_id: str, since: int) -> dict[str, int]:
        counted = (
            select(table.c.status, func.count())
            .where(table.c.channel == channel, table.c.chat_id == chat_id, table.c.created_at >= since)
            .group_by(table.c.status)
        )
        async with self._database.connect() as connection:
            return {status: int(count) for status, count in (await connection.execute(counted)).all()}

    async def count_open(self) -> int:
        open_rows = and_(table.c.status.in_((*DUE, DeliveryStatus.SENDING)), table.c.next_try_at < NEVER, self._ours)
        counted = select(func.count()).select_from(table).where(open_rows)
        async with self._database.connect() as connection:
            return int((await connection.execute(counted)).scalar_one())

    async def _compare_and_set(self, statement: Update, changes: Sequence[dict[str, Any]]) -> list[bool]:
        """Change rows that are still as they should be, in one transaction; of each, whether it was."""

        async def apply(connection: AsyncConnection) -> list[bool]:
            return [(await connection.execute(statement, change)).rowcount == 1 for change in changes]

        return await self._changes.write(apply) if changes else []

    async def _read(self, wanted: Any) -> list[DeliveryRow]:
        async with self._database.connect() as connection:
            return [delivery_of(row) for row in (await connection.execute(wanted)).all()]


def delivery_row(new: NewDelivery, now: int) -> dict[str, Any]:
    """The row of a new delivery."""
    final = new.status in _FINAL
    return {
        "signal_id": new.signal_id,
        "kind": new.kind,
        "paced": new.paced,
        "priority": new.priority,
        "channel": new.chat.channel,
        "chat_id": new.chat.chat_id,
        "thread_id": new.chat.thread_id,
        "status": new.status,
        "tries": 0,
        "unknowns": 0,
        "next_try_at": NEVER if final else now + new.hold,
        "message_id": "",
        "error": "",
        "body": new.body,
        "traceparent": new.traceparent[:64],
        "created_at": now,
        "updated_at": now,
        "to_report": final and new.kind == "signal",
    }


def as_read(delivery: DeliveryRow) -> dict[str, Any]:
    """By what ``UNTOUCHED`` finds the row."""
    return {
        "was_signal_id": delivery.signal_id,
        "was_channel": delivery.channel,
        "was_chat_id": delivery.chat_id,
        "was_thread_id": delivery.thread_id,
        "was_status": delivery.status,
        "was_tries": delivery.tries,
        "was_next_try_at": delivery.next_try_at,
    }


def delivery_of(row: Sequence[Any]) -> DeliveryRow:
    """A row with ``COLUMNS``."""
    signal_id, channel, chat_id, status, *rest = row
    return DeliveryRow(signal_id, channel, chat_id, DeliveryStatus(status), *rest)
