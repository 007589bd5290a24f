"""Reading many rows at a third of the cost: SQLAlchemy's dialect and connections, but the driver's own cursor and rows.

Connections are kept for reading, in autocommit: each read sees what is committed now, and nothing has to be rolled back after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.failures import TransientError

Rows = Sequence[tuple[Any, ...]]


class Readers:
    """A few connections that only read; opened when they are first needed, opened anew when they break."""

    def __init__(self, engine: AsyncEngine, size: int = 4) -> None:
        self._engine = engine
        self._free: asyncio.LifoQueue[AsyncConnection | None] = asyncio.LifoQueue()
        for _ in range(size):
            self._free.put_nowait(None)

    async def fetch(self, sql: str, parameters: tuple[Any, ...]) -> Rows:
        """All rows of a query whose parameters are written ``?``. A connection that broke while idle is replaced once.

        Raises:
            TransientError: the database is not there now.
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
        except BaseException:  # cancelled in the middle of an answer, too: what is left of it must not reach the next reader
            broken, connection = connection, None
            await _discard(broken)
            raise
        finally:
            self._free.put_nowait(connection)

    async def close(self) -> None:
        """Give the connections back; reads must have ended."""
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
