"""The one door to the database: SQLite (WAL) embedded, MySQL 8 or MariaDB by aiomysql or asyncmy.

Driver errors that mean "not now" (connection lost, lock wait, deadlock, database busy) leave ``begin()`` and ``connect()`` as
``TransientError``; no error or log line holds the password of the URL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.dml import Insert

Row = Mapping[str, Any]


class Database:
    """An engine with its pool, and what differs between the dialects."""

    engine: AsyncEngine

    def begin(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction for writing: committed at the end of the block, rolled back when it raises. Takes SQLite's write lock at once.

        Raises:
            TransientError: the database is not there now, or another writer is in the way.
        """
        raise NotImplementedError

    def connect(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection for reading; nothing is committed. Raises as ``begin``."""
        raise NotImplementedError

    def upsert(self, table: Table, rows: Sequence[Row], update: Sequence[str] | None = None) -> Insert:
        """The statement that inserts ``rows`` or changes those whose key is there, to be run as executemany.

        ``await connection.execute(database.upsert(bars, rows), rows)``. ``rows`` all have the same columns. ``update`` names the columns
        to change, all columns of the rows outside the key where None; an empty ``update`` leaves rows alone that are there.

        Raises:
            ValueError: there are no rows, or they name a column that the table lacks.
        """
        raise NotImplementedError

    async def ping(self) -> bool:
        """True when the database answers within two seconds."""
        raise NotImplementedError


def open_database(url: str, *, pool_size: int = 5) -> AbstractAsyncContextManager[Database]:
    """Open the database at ``url`` (``settings.database_url``) and close it at the end of the block.

    Raises:
        ValueError: the URL names a driver that is not supported.
    """
    raise NotImplementedError
