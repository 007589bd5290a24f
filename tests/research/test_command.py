"""``python -m services.analysis explain``: words and times from the database, without Kafka."""

from __future__ import annotations

import asyncio
import os
import runpy
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert

from services.analysis.research.command import main
from services.analysis.research.settings import ResearchSettings
from shared.db import open_database, without_password
from shared.tables.instruments import instruments
from tests.research.recorded import conditions, fill, recorded
from tests.research.role import ROOT

BARE = {
    "symbol": "BARE", "name_en": "Bare", "name_ko": "Bare", "exchange": "NYSE", "currency": "USD", "kind": "stock", "sector": "",
    "aliases": "[]", "active": True,
}  # fmt: skip
NOTHING = "mysql+aiomysql://root@127.0.0.1:1/finstage"


async def explain(database_url: str, *arguments: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.analysis", "explain", *arguments),
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url, "KAFKA_BOOTSTRAP": "127.0.0.1:1", "CACHE": str(ROOT / ".cache")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(120):
        out, errors = await process.communicate()
    return process.returncode, out.decode(), errors.decode()


async def test_words_and_times_are_printed(database_url: str) -> None:
    async with open_database(database_url) as database:
        await fill(database)
        async with database.begin() as connection:
            await connection.execute(insert(instruments), [BARE])
    closes = await recorded().fired(conditions()[1], "AAA")
    code, out, errors = await explain(
        database_url, "close crosses above wma_7 on 15m", "--symbols", "aaa, NONE, BARE", "--limit", "2"
    )
    assert (code, errors) == (2, f"error: --symbols: 'NONE' is no instrument of {without_password(database_url)}\n")
    lines = out.splitlines()
    assert lines[:2] == [conditions()[1], "the close crosses above the 7-bar weighted average, on 15-minute bars"]
    assert f"AAA: held on {len(closes)} of 156 bars" in out
    assert "NONE" not in out
    assert "BARE: not known yet, no bars of 15m are stored" in out
    assert len([line for line in lines if line.startswith("  2024-10-")]) == 2


def run(text: str, symbols: str, limit: int, database_url: str = NOTHING) -> int:
    return main(ResearchSettings(database_url=database_url, cache=ROOT / ".cache"), text, symbols, limit)


def test_input_that_is_not_valid_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rsi_14 <", "", 5) == 2
    assert capsys.readouterr().err == "error: condition: something is missing at the end (at character 9)\nrsi_14 <\n        ^\n"
    assert run("close > 1", "AAA", 0) == 2
    assert capsys.readouterr().err == "error: limit: 0 must be from 1 to 100\n"
    assert run("close > 1", "AAA", 5) == 1
    assert "database" in capsys.readouterr().err
    assert run("close > 1", "", 5) == 0
    assert capsys.readouterr().out.splitlines()[1] == "the close is above 1, on daily bars"


def test_a_database_without_tables_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/new.db"
    assert run("close > 1", "AAA", 5, url) == 1
    assert capsys.readouterr().err == (f"error: there are no tables yet in {url} (DATABASE_URL): start Finstage first (make run)\n")
    assert [*tmp_path.iterdir()] == [], "what only reads creates no database"


def test_a_spawned_process_may_import_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process for runs imports the main module again, with the arguments of the role: it must not start another one."""
    monkeypatch.setattr(sys, "argv", ["services.analysis", "explain"])  # incomplete: parsing it would end the process
    assert "main" in runpy.run_module("services.analysis.__main__", run_name="__mp_main__")
