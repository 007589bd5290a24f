"""The revision of a database, and the lock under which it is read and changed.

Every process asks for it. Alembic, which only a migration needs, would take each of them a fifth of a second to import.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, inspect, text

from shared.db import open_database, sqlite_file, without_password
from shared.failures import TransientError

LOCK: Final = "finstage-migrations"
LOCK_SECONDS: Final = 60
RUN_SECONDS: Final = 600.0


def no_tables(url: str) -> str:
    """What a command that needs tables says to the operator: the database, without its password, and what helps.

    >>> no_tables("mysql+aiomysql://fin:hunter2@db/finstage")
    'there are no tables yet in mysql+aiomysql://fin:***@db/finstage (DATABASE_URL): start Finstage first (make run)'
    """
    return f"there are no tables yet in {without_password(url)} (DATABASE_URL): start Finstage first (make run)"


async def current(url: str) -> str | None:
    """The revision of the database; None: no migration has run, or there is no file of SQLite. Creates none.

    Raises:
        TransientError: the database is not available, or another process has held the migration lock for too long.
    """
    return None if is_missing(url) else await locked(url, lambda _: None)


def is_missing(url: str) -> bool:
    """Whether there is no file of SQLite."""
    return (file := sqlite_file(url)) is not None and not file.exists()


async def locked(url: str, work: Callable[[Connection], None]) -> str | None:
    """Work, and return the revision afterwards. Raises as ``current``.

    SQLite's write lock is taken by ``begin``; MariaDB commits with each table, so it needs a lock beyond the transaction.
    """
    async with open_database(url) as database, database.begin(seconds=RUN_SECONDS) as connection:
        if database.dialect == "sqlite":
            return await connection.run_sync(_run, work)
        if not (await connection.execute(text("SELECT GET_LOCK(:name, :wait)"), {"name": LOCK, "wait": LOCK_SECONDS})).scalar():
            raise TransientError(f"another process has been migrating for {LOCK_SECONDS} s")
        try:
            return await connection.run_sync(_run, work)
        finally:
            await connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": LOCK})


def _run(connection: Connection, work: Callable[[Connection], None]) -> str | None:
    work(connection)
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision
