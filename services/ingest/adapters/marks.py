"""The mark on each store that says what prices it is for: a row in the database, the metadata of a committed offset in Kafka."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import make_url

from services.ingest.domain.holding import MARK, Holding, holdings, read_holding, refusal, write_holding
from services.ingest.settings import Settings
from shared.failures import SettingsError
from shared.kafka import read_label, write_label
from shared.topics import TICKS

GROUP = "ingest-source"


class Rows(Protocol):
    """The cursors; raises ``TransientError``."""

    async def all(self) -> Mapping[str, str]: ...

    async def save(self, cursor: str, position: str, now: int) -> None: ...


async def check_database(settings: Settings, cursors: Rows, wanted: Holding) -> None:
    """See whether the database may take these prices.

    Raises:
        SettingsError: it holds others; the message says what helps.
        TransientError: it does not answer.
    """
    try:
        held = holdings(await cursors.all())
    except ValueError as error:
        raise SettingsError(f"the database: {error}") from error
    for each in held:
        if reason := refusal(each, wanted, "the database", _remedy(settings)):
            raise SettingsError(reason)


async def claim_database(settings: Settings, cursors: Rows, wanted: Holding, now: int) -> None:
    """The same, and mark it; ``now`` in milliseconds. Raises as ``check_database``."""
    await check_database(settings, cursors, wanted)
    await cursors.save(MARK, write_holding(wanted), now)


async def claim_kafka(settings: Settings, wanted: Holding) -> None:
    """See whether the log of ticks may take these prices, and mark it.

    Raises:
        SettingsError: it holds others; the message says what helps.
        TransientError: the broker does not answer.
    """
    text = await read_label(settings, TICKS, GROUP)
    if text:
        try:
            held = read_holding(text)
        except ValueError as error:
            raise SettingsError(f"group {GROUP} of Kafka at {settings.kafka_bootstrap}: {text[:80]!r}: {error}") from error
        if reason := refusal(held, wanted, f"Kafka at {settings.kafka_bootstrap}", _remedy(settings)):
            raise SettingsError(reason)
    await write_label(settings, TICKS, GROUP, write_holding(wanted))


def sqlite_file(url: str) -> Path | None:
    """The file of an embedded database; None for a server."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def _remedy(settings: Settings) -> str:
    file = sqlite_file(settings.database_url)
    if file is not None and file.is_relative_to(settings.var):
        return f"start with no data by deleting the folder {settings.var}"
    return "use an empty database and an empty Kafka (another DATABASE_URL and VAR; in containers: docker compose down --volumes)"
