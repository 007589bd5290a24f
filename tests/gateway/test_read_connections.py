"""Connections for reads see committed rows and recover from errors."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import insert, text

from services.gateway.adapters.read_connections import ReadConnections
from shared import tables
from shared.db import open_database
from shared.failures import TransientError
from tests.gateway import market

COUNT = "SELECT COUNT(*) FROM bars WHERE symbol = ?"


async def test_a_read_sees_rows_committed_since_the_last_read(database_url: str) -> None:
    async with open_database(database_url) as database:
        connections = ReadConnections(database.engine, size=1)
        for n in range(3):
            assert await connections.fetch(COUNT, ("AAPL",)) == [(n,)]
            async with database.begin() as connection:
                await connection.execute(insert(tables.bars), [market.bar_row(market.bar(n=n))])
        await connections.close()


async def test_a_connection_closed_by_the_server_is_replaced(mariadb_url: str) -> None:
    async with open_database(mariadb_url) as database:
        connections = ReadConnections(database.engine, size=1)
        ((number,),) = await connections.fetch("SELECT CONNECTION_ID() WHERE 1 = ?", (1,))
        async with database.connect() as connection:
            await connection.execute(text(f"KILL {number}"))
        ((other,),) = await connections.fetch("SELECT CONNECTION_ID() WHERE 1 = ?", (1,))
        assert other != number
        await connections.close()


async def test_a_cancelled_read_does_not_affect_the_next(database_url: str) -> None:
    async with open_database(database_url) as database:
        connections = ReadConnections(database.engine, size=1)
        for _ in range(20):
            task = asyncio.create_task(connections.fetch(COUNT, ("NVDA",)))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert await connections.fetch("SELECT 7 FROM bars WHERE symbol = ? UNION SELECT 8", ("AAPL",)) == [(8,)]
        await connections.close()


async def test_an_unreachable_database_is_a_transient_error() -> None:
    async with open_database("mysql+aiomysql://nobody@127.0.0.1:1/none") as database:
        connections = ReadConnections(database.engine)
        with pytest.raises(TransientError):
            await connections.fetch(COUNT, ("AAPL",))
        await connections.close()
