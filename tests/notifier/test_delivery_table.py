"""A row of deliveries that another process has changed since it was read is left alone, and so are the rows beside it."""

from __future__ import annotations

from typing import Any, Final

import pytest
from sqlalchemy import select, update

from services.notifier.adapters.deliveries import DeliveryTable
from services.notifier.domain.delivery import DeliveryRow, DeliveryStatus, RowChange
from services.notifier.domain.ports.deliveries import NewDelivery
from shared import wire
from shared.db import Database, open_database
from shared.tables import deliveries
from tests.notifier.parts import NOW, chat, signal

MEANWHILE: Final = {"status": DeliveryStatus.MUTED, "tries": 1, "next_try_at": NOW + 1}
SENT: Final = RowChange(DeliveryStatus.SENT, unknowns=0)


async def due(table: DeliveryTable, *chats: int) -> list[DeliveryRow]:
    """A delivery of one signal to each chat, as a process reads it."""
    fired = signal()
    body = wire.encode(fired).decode()
    await table.add([NewDelivery(fired.id, chat(each), DeliveryStatus.PENDING, body, "") for each in chats], NOW)
    return sorted(await table.due(NOW, 9), key=lambda row: row.chat_id)


async def stored(database: Database) -> list[tuple[Any, ...]]:
    async with database.connect() as connection:
        return [tuple(row) for row in await connection.execute(select(deliveries).order_by(deliveries.c.chat_id))]


@pytest.mark.parametrize("field", MEANWHILE)
async def test_what_another_has_changed_is_neither_reserved_nor_claimed_nor_finished(database_url: str, field: str) -> None:
    async with open_database(database_url) as database:
        table = DeliveryTable(database, ["telegram"])
        (row,) = await due(table, 1)
        async with database.begin() as connection:
            await connection.execute(update(deliveries).values({field: MEANWHILE[field], "to_report": True}))
        before = await stored(database)
        assert await table.reserve([(row, NOW + 50)]) == []
        assert await table.claim([row], NOW, NOW + 50) == []
        assert not await table.finish(row, SENT, NOW)
        await table.mark_reported([row])
        assert await stored(database) == before


async def test_the_rows_of_other_chats_stay(database_url: str) -> None:
    async with open_database(database_url) as database:
        table = DeliveryTable(database, ["telegram"])
        row, _ = await due(table, 1, 2)
        _, other = await stored(database)
        (reserved,) = await table.reserve([(row, NOW + 50)])
        (claimed,) = await table.claim([reserved], NOW, NOW + 90)
        assert await table.finish(claimed, SENT, NOW)
        mine, beside = await stored(database)
        assert beside == other
        assert mine != other
        assert [each.chat_id for each in await table.due(NOW, 9)] == ["2"]
