"""Connections for reading: they see what is committed, and survive what breaks."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import insert, text

from services.gateway.adapters.rows import Readers
from shared import tables
from shared.db import open_database
from shared.failures import TransientError
from tests.gateway import market

COUNT = "SELECT COUNT(*) FROM bars WHERE symbol = ?"


async def test_a_read_sees_what_was_committed_since_the_last_one(database_url: str) -> None:
    async with open_database(database_url) as database:
        readers = Readers(database.engine, size=1)
        for n in range(3):
            assert await readers.fetch(COUNT, ("AAPL",)) == [(n,)]
            async with database.begin() as connection:
                await connection.execute(insert(tables.bars), [market.bar_row(market.bar(n=n))])
        await readers.close()


async def test_a_connection_that_the_server_has_closed_is_replaced(mariadb_url: str) -> None:
    async with open_database(mariadb_url) as database:
        readers = Readers(database.engine, size=1)
        ((number,),) = await readers.fetch("SELECT CONNECTION_ID() WHERE 1 = ?", (1,))
        async with database.connect() as connection:
            await connection.execute(text(f"KILL {number}"))
        ((other,),) = await readers.fetch("SELECT CONNECTION_ID() WHERE 1 = ?", (1,))
        assert other != number
        await readers.close()


async def test_a_cancelled_read_leaves_nothing_behind(database_url: str) -> None:
    async with open_database(database_url) as database:
        readers = Readers(database.engine, size=1)
        for _ in range(20):
            task = asyncio.create_task(readers.fetch(COUNT, ("NVDA",)))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert await readers.fetch("SELECT 7 FROM bars WHERE symbol = ? UNION SELECT 8", ("AAPL",)) == [(8,)]
        await readers.close()


async def test_a_database_that_is_not_there_is_transient() -> None:
    async with open_database("mysql+aiomysql://nobody@127.0.0.1:1/none") as database:
        readers = Readers(database.engine)
        with pytest.raises(TransientError):
            await readers.fetch(COUNT, ("AAPL",))
        await readers.close()
