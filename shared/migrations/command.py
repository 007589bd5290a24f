"""Upgrade, downgrade and check a database; safe if several processes do it at the same time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from shared.db import open_database, sqlite_file
from shared.failures import TransientError
from shared.tables import metadata

LOCK: Final = "finstage-migrations"
LOCK_SECONDS: Final = 60
RUN_SECONDS: Final = 600.0
NO_TABLES: Final = "there are no tables yet: start Finstage first (make run)"
"""What a command says that needs them."""


async def upgrade(url: str, revision: str = "head") -> str | None:
    """Upgrade the database to ``revision``; returns its revision afterwards.

    Raises:
        TransientError: the database is not available, or another process has held the migration lock for too long.
    """
    return await _locked(url, lambda connection: command.upgrade(_config(connection), revision))


async def downgrade(url: str, revision: str) -> str | None:
    """Downgrade the database to ``revision`` (``base``: no tables). Returns and raises as ``upgrade``."""
    return await _locked(url, lambda connection: command.downgrade(_config(connection), revision))


async def current(url: str) -> str | None:
    """The revision of the database; None: no migration has run, or there is no file of SQLite. Creates none."""
    return None if _missing(url) else await _locked(url, lambda _: None)


async def is_current(url: str) -> bool:
    """Whether the database has the tables of this release. Raises as ``upgrade``."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return await current(url) == ScriptDirectory.from_config(config).get_current_head()


async def differences(url: str) -> list[str]:
    """The differences between the database and ``shared.tables``; empty: none."""
    if _missing(url):
        return [f"there is no file {sqlite_file(url)}"]
    async with open_database(url) as database, database.connect(seconds=RUN_SECONDS) as connection:
        return await connection.run_sync(_compare)


def _missing(url: str) -> bool:
    return (file := sqlite_file(url)) is not None and not file.exists()


async def _locked(url: str, work: Callable[[Connection], None]) -> str | None:
    """SQLite's write lock is taken by ``begin``; MariaDB commits with each table, so it needs a lock beyond the transaction."""
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
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _compare(connection: Connection) -> list[str]:
    context = MigrationContext.configure(connection, opts={"compare_type": _differs, "target_metadata": metadata})
    return [str(difference) for difference in compare_metadata(context, metadata)]


def _differs(_context: Any, _inspected_column: Any, column: Any, inspected: Any, wanted: Any) -> bool | None:
    """MySQL stores booleans as TINYINT(1). None leaves the decision to Alembic."""
    kept = str(inspected).upper()
    if column.type.__class__.__name__ == "Boolean" and (kept.startswith(("TINYINT", "BOOL"))):
        return False
    return None if wanted is not None else False
