"""Reads many rows with the driver's cursor on SQLAlchemy's connections, at a third of the cost of SQLAlchemy's rows.

The connections only read and are in autocommit: each read sees what is committed now and needs no rollback.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.failures import TransientError

Rows = Sequence[tuple[Any, ...]]


class ReadConnections:
    """A pool of connections that only read; each is opened at its first use and again after it breaks."""

    def __init__(self, engine: AsyncEngine, size: int = 4) -> None:
        self._engine = engine
        self._free: asyncio.LifoQueue[AsyncConnection | None] = asyncio.LifoQueue()
        for _ in range(size):
            self._free.put_nowait(None)

    async def fetch(self, sql: str, parameters: tuple[Any, ...]) -> Rows:
        """All rows of a query with ``?`` as placeholder. A connection that broke while idle is replaced once.

        Raises:
            TransientError: the database does not answer.
        """
        connection = await self._free.get()
        try:
            if connection is not None:
                try:
                    return await _fetch(connection, sql, parameters)
                except TransientError:
                    await _discard(connection)
            connection = None
            connection = await self._open()
            return await _fetch(connection, sql, parameters)
        except BaseException:  # also when cancelled: unread rows must not reach the next query
            broken, connection = connection, None
            await _discard(broken)
            raise
        finally:
            self._free.put_nowait(connection)

    async def close(self) -> None:
        """Close the connections; no read may be running."""
        while not self._free.empty():
            if (connection := self._free.get_nowait()) is not None:
                await connection.close()

    async def _open(self) -> AsyncConnection:
        try:
            connection = await self._engine.connect()
            return await connection.execution_options(isolation_level="AUTOCOMMIT")
        except (SQLAlchemyError, OSError) as error:
            raise TransientError(f"the database does not answer: {type(error).__name__}") from error


async def _fetch(connection: AsyncConnection, sql: str, parameters: tuple[Any, ...]) -> Rows:
    errors: Any = connection.dialect.dbapi
    driver: Any = (await connection.get_raw_connection()).driver_connection
    try:
        if connection.dialect.name == "sqlite":
            return list(await driver.execute_fetchall(sql, parameters))
        async with driver.cursor() as cursor:
            await cursor.execute(sql.replace("?", "%s"), parameters)
            return list(await cursor.fetchall())
    except (errors.Error, OSError) as error:
        if isinstance(error, errors.ProgrammingError):
            raise
        raise TransientError(f"the database does not answer: {type(error).__name__}") from error


async def _discard(connection: AsyncConnection | None) -> None:
    if connection is not None:
        await connection.invalidate()
        await connection.close()
