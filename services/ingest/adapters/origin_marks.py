"""Stores the origin of prices in the database, as a cursor row, and checks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from services.ingest.domain.data_origin import ORIGIN_CURSOR, DataOrigin, conflict, origins, write_origin
from services.ingest.settings import IngestSettings
from shared.db import sqlite_file
from shared.failures import SettingsError


class CursorRows(Protocol):
    """All cursors of the database; raises ``TransientError``."""

    async def all(self) -> Mapping[str, str]: ...

    async def save(self, cursor: str, position: str, now: int) -> None: ...


async def check_database(settings: IngestSettings, cursors: CursorRows, origin: DataOrigin) -> None:
    """Verify that the database may hold prices of this origin.

    Raises:
        SettingsError: it holds prices of another origin; the message names the remedy.
        TransientError: the database does not respond.
    """
    try:
        held = origins(await cursors.all())
    except ValueError as error:
        raise SettingsError(f"the database: {error}") from error
    for each in held:
        if reason := conflict(each, origin, "the database", remedy(settings)):
            raise SettingsError(reason)


async def claim_database(settings: IngestSettings, cursors: CursorRows, origin: DataOrigin, now: int) -> None:
    """Verify the database and store the origin in it; ``now`` in milliseconds. Raises as ``check_database``."""
    await check_database(settings, cursors, origin)
    await cursors.save(ORIGIN_CURSOR, write_origin(origin), now)


def remedy(settings: IngestSettings) -> str:
    """What to do where prices of another origin are stored."""
    file = sqlite_file(settings.database_url)
    if file is not None and file.is_relative_to(settings.var):
        return f"start with no data by deleting the folder {settings.var}"
    return "use an empty database and an empty Kafka (another DATABASE_URL and VAR; in containers: docker compose down --volumes)"
