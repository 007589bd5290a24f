"""On which databases a test runs that takes ``database_url``: on both unless it says otherwise.

One is enough where the database decides nothing of what the test proves; then the other is chosen for the next such test.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import cast

import pytest
from sqlalchemy import StaticPool, create_engine

from shared.tables import metadata

SQLITE = pytest.param("sqlite")
MARIADB = pytest.param("mariadb", marks=pytest.mark.mariadb)

on_sqlite = pytest.mark.parametrize("database_url", [SQLITE], indirect=True)
on_mariadb = pytest.mark.parametrize("database_url", [MARIADB], indirect=True)
on_both_when_thorough = pytest.mark.parametrize(
    "database_url", [SQLITE, pytest.param("mariadb", marks=[pytest.mark.mariadb, pytest.mark.thorough])], indirect=True
)
"""Of tests that start processes: both in ``make test-thorough``, the quicker one in ``make test``."""


@cache
def empty_database() -> bytes:
    """A file of SQLite with all tables."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    with engine.connect() as connection:
        return cast("sqlite3.Connection", connection.connection.dbapi_connection).serialize()
