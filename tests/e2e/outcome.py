"""What the database holds after a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import create_async_engine

from shared import tables


async def _rows(url: str, *columns: Any) -> Sequence[Row[Any]]:
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return (await connection.execute(select(*columns))).all()
    finally:
        await engine.dispose()


async def deliveries(url: str) -> Sequence[Row[Any]]:
    c = tables.deliveries.c
    return await _rows(url, c.signal_id, c.chat_id, c.status, c.tries, c.unknowns, c.message_id)


async def stored_signals(url: str) -> set[str]:
    return {row.id for row in await _rows(url, tables.signals.c.id)}


async def checkpoints(url: str) -> dict[int, tuple[int, bytes]]:
    c = tables.checkpoints.c
    return {row[0]: (row[1], row[2]) for row in await _rows(url, c.partition_no, c.next_offset, c.state)}


async def instruments(url: str) -> int:
    return len(await _rows(url, tables.instruments.c.symbol))


async def watched(url: str) -> set[tuple[str, str]]:
    """Chats and the symbols on their watchlists."""
    c = tables.watchlists.c
    return {(row.chat_id, row.symbol) for row in await _rows(url, c.chat_id, c.symbol)}
