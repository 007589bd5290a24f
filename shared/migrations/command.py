"""Upgrade, downgrade and check a database; safe if several processes do it at the same time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from shared.db import open_database, sqlite_file
from shared.migrations.revision import RUN_SECONDS, current, is_missing, locked
from shared.tables import metadata


async def upgrade(url: str, revision: str = "head") -> str | None:
    """Upgrade the database to ``revision``; returns its revision afterwards.

    Raises:
        TransientError: the database is not available, or another process has held the migration lock for too long.
    """
    return await locked(url, lambda connection: command.upgrade(_config(connection), revision))


async def downgrade(url: str, revision: str) -> str | None:
    """Downgrade the database to ``revision`` (``base``: no tables). Returns and raises as ``upgrade``."""
    return await locked(url, lambda connection: command.downgrade(_config(connection), revision))


async def is_current(url: str) -> bool:
    """Whether the database has the tables of this release. Raises as ``upgrade``."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return await current(url) == ScriptDirectory.from_config(config).get_current_head()


async def differences(url: str) -> list[str]:
    """The differences between the database and ``shared.tables``; empty: none."""
    if is_missing(url):
        return [f"there is no file {sqlite_file(url)}"]
    async with open_database(url) as database, database.connect(seconds=RUN_SECONDS) as connection:
        return await connection.run_sync(_compare)


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
