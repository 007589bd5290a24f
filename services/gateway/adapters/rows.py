"""Reading many rows without SQLAlchemy's row objects: its pool and dialect, but the driver's own cursor, at half the cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.failures import TransientError


async def fetch(connection: AsyncConnection, sql: str, parameters: tuple[Any, ...]) -> Sequence[tuple[Any, ...]]:
    """All rows of a query whose parameters are written ``?``.

    Raises:
        TransientError: the database is not there now; the connection is thrown away.
    """
    errors: Any = connection.dialect.dbapi
    driver: Any = (await connection.get_raw_connection()).driver_connection
    try:
        if connection.dialect.name == "sqlite":
            return list(await driver.execute_fetchall(sql, parameters))
        async with driver.cursor() as cursor:
            await cursor.execute(sql.replace("?", "%s"), parameters)
            return list(await cursor.fetchall())
    except (errors.OperationalError, errors.InterfaceError, OSError) as error:
        await connection.invalidate()
        raise TransientError(f"the database does not answer: {type(error).__name__}") from error
