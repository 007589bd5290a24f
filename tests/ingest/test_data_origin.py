"""A database and a Kafka hold prices of one origin only; another one is refused before anything is published."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from services.ingest.adapters.cursor_table import CursorTable
from services.ingest.adapters.kafka_origin import claim_kafka
from services.ingest.adapters.origin_marks import claim_database
from services.ingest.domain.data_origin import ORIGIN_CURSOR, DataOrigin, conflict
from services.ingest.settings import IngestSettings
from shared.db import open_database
from shared.failures import SettingsError
from shared.settings import EXIT_BAD_SETTINGS
from tests.preloading.process import Process
from tests.servers import Broker

DEMO = DataOrigin("replay", "demo", "one")
OTHERS = (DataOrigin("replay", "crypto", "two"), DataOrigin("replay", "demo", "another"), DataOrigin("yahoo"))


@pytest.mark.parametrize("other", OTHERS, ids=str)
async def test_a_database_takes_one_source(database_url: str, other: DataOrigin) -> None:
    settings = IngestSettings(database_url=database_url, _env_file=None)
    async with open_database(database_url) as database:
        cursors = CursorTable(database)
        await claim_database(settings, cursors, DEMO, 1)
        await claim_database(settings, cursors, DEMO, 2)
        await cursors.save("replay:demo", '{"digest": "one", "backfilled": 1, "played": 2}', 3)
        await claim_database(settings, cursors, DEMO, 4)
        with pytest.raises(SettingsError, match="tape demo"):
            await claim_database(settings, cursors, other, 5)
        assert (await cursors.all())[ORIGIN_CURSOR] == '{"source":"replay","tape":"demo","edition":"one"}'


@pytest.mark.parametrize(
    ("cursor", "position", "origin"),
    [
        ("replay:demo", '{"digest": "one", "backfilled": 1, "played": 2}', DEMO),
        ("history:AAPL:1d", '{"anything": 1}', DataOrigin("yahoo")),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_database_of_an_older_version_is_recognised_by_its_cursors(
    database_url: str, cursor: str, position: str, origin: DataOrigin
) -> None:
    settings = IngestSettings(database_url=database_url, _env_file=None)
    async with open_database(database_url) as database:
        cursors = CursorTable(database)
        await cursors.save(cursor, position, 1)
        with pytest.raises(SettingsError):
            await claim_database(settings, cursors, OTHERS[0], 2)
        await claim_database(settings, cursors, origin, 3)


@pytest.mark.parametrize(("name", "position"), [(ORIGIN_CURSOR, "nonsense"), ("replay:demo", "[1")])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_damaged_cursor_is_named(database_url: str, name: str, position: str) -> None:
    async with open_database(database_url) as database:
        await CursorTable(database).save(name, position, 1)
        with pytest.raises(SettingsError, match=f"'{name}'"):
            await claim_database(IngestSettings(database_url=database_url, _env_file=None), CursorTable(database), DEMO, 2)


async def test_kafka_takes_one_source(empty_kafka: Broker) -> None:
    settings = IngestSettings(kafka_bootstrap=empty_kafka.bootstrap, _env_file=None)
    await claim_kafka(settings, DEMO)
    await claim_kafka(settings, DEMO)
    for other in OTHERS:
        with pytest.raises(SettingsError, match=f"Kafka at {empty_kafka.bootstrap} holds .*tape demo"):
            await claim_kafka(settings, other)


def test_the_conflict_message_names_the_remedy() -> None:
    reason = conflict(DEMO, DataOrigin("yahoo"), "the database", "name another DATABASE_URL")
    assert reason is not None
    assert "SOURCE=replay TAPE=demo" in reason
    assert reason.endswith("or name another DATABASE_URL")
    assert "another edition of tape demo" in (conflict(DEMO, OTHERS[1], "the database", "delete it") or "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_check_and_start_exit_with_the_code_for_wrong_settings(database_url: str, tmp_path: Path) -> None:
    async def mark() -> None:
        async with open_database(database_url) as database:
            await CursorTable(database).save("replay:demo", '{"digest": "one"}', 1)

    asyncio.run(mark())
    environment = os.environ | {
        "DATABASE_URL": database_url, "VAR": str(tmp_path), "TAPE": "crypto", "SOURCE": "replay", "KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "PROBE_PORT": "0",
    }  # fmt: skip
    for role in ("check", "run"):
        log = tmp_path / f"{role}.log"
        code, output = Process(("services.ingest", role), environment, log).wait(120), log.read_text()
        assert code == EXIT_BAD_SETTINGS, output
        assert "holds tape demo, so tape crypto cannot go there" in output
        assert f"deleting the folder {tmp_path}" in output
        assert "Traceback" not in output
