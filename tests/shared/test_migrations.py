from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path

import pytest
from sqlalchemy import column, insert, inspect, text
from sqlalchemy import table as lightweight

from shared.db import open_database
from shared.migrations import command
from shared.migrations.__main__ import main
from shared.migrations.revision import current
from shared.tables import metadata


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'new' / 'empty.db'}"
    url: str = request.getfixturevalue("mariadb_url")
    return url


@pytest.fixture(params=["sqlite_url", pytest.param("migrated_mariadb_url", marks=pytest.mark.mariadb)])
def migrated_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture(scope="module")
def before_kept_since(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the revision that kept replaced bars without saying since when."""
    file = tmp_path_factory.mktemp("before") / "kept.db"
    asyncio.run(command.upgrade(f"sqlite+aiosqlite:///{file}", "0032"))
    return file


async def tables_of(url: str) -> set[str]:
    async with open_database(url) as database, database.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def test_upgrade_check_downgrade_upgrade(empty_url: str) -> None:
    assert await current(empty_url) is None
    head = await command.upgrade(empty_url)
    assert await current(empty_url) == head is not None
    assert await tables_of(empty_url) == {*metadata.tables, "alembic_version"}
    assert await command.differences(empty_url) == []
    assert await command.downgrade(empty_url, "base") is None
    assert await tables_of(empty_url) == {"alembic_version"}
    assert await command.upgrade(empty_url) == head


async def test_a_difference_is_found(migrated_url: str) -> None:
    async with open_database(migrated_url) as database, database.begin() as connection:
        await connection.execute(text("ALTER TABLE bars ADD COLUMN surprise INTEGER"))
    found = await command.differences(migrated_url)
    assert len(found) == 1
    assert "surprise" in found[0]


async def test_many_processes_upgrade_at_once(empty_url: str) -> None:
    heads = await asyncio.gather(*(command.upgrade(empty_url) for _ in range(4)))
    assert len(set(heads)) == 1
    assert await command.differences(empty_url) == []


async def test_a_minute_and_a_month_are_two_timeframes(empty_url: str) -> None:
    await command.upgrade(empty_url, "0010")
    row: dict[str, object] = dict.fromkeys(
        ("ts_open", "session", "open", "high", "low", "close", "volume", "price_factor", "split_factor"), 1
    )
    row |= {"symbol": "A", "ts_close": 2, "source": "test", "replayed": 0}
    columns = ", ".join(row)
    insert = text(f"INSERT INTO bars (timeframe, {columns}) VALUES (:timeframe, {', '.join(f':{name}' for name in row)})")  # noqa: S608
    async with open_database(empty_url) as database:
        async with database.begin() as connection:
            await connection.execute(insert, row | {"timeframe": "1m"})
        await command.upgrade(empty_url)
        async with database.begin() as connection:
            await connection.execute(insert, row | {"timeframe": "1M"})
        for timeframe in ("1m", "1M"):
            async with database.connect() as connection:
                found = await connection.execute(
                    text("SELECT timeframe FROM bars WHERE timeframe = :wanted"), {"wanted": timeframe}
                )
                assert [each[0] for each in found] == [timeframe]
        await command.downgrade(empty_url, "0010")
        async with database.connect() as connection:
            assert [each[0] for each in await connection.execute(text("SELECT timeframe FROM bars"))] == ["1m"]


async def test_upgrade_keeps_existing_rows(migrated_url: str) -> None:
    async with open_database(migrated_url) as database:
        async with database.begin() as connection:
            await connection.execute(text("INSERT INTO industries VALUES ('semiconductors', 'Semiconductors', '반도체')"))
        await command.upgrade(migrated_url)
        async with database.connect() as connection:
            assert (await connection.execute(text("SELECT name_ko FROM industries"))).scalar() == "반도체"


def test_the_command_line(empty_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_url)
    assert main(["check"]) == 1
    assert main(["upgrade"]) == 0
    assert main(["check"]) == 0
    assert main(["current"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("0")
    with pytest.raises(SystemExit):
        main(["downgrade"])


@pytest.mark.parametrize(
    ("bars", "revisions", "since"), [(0, 0, 0), (1, 0, None), (1, 700, 700)], ids=["new", "before", "recorded"]
)
async def test_it_is_known_since_when_replaced_bars_are_kept(
    before_kept_since: Path, tmp_path: Path, bars: int, revisions: int, since: int | None
) -> None:
    """A new database has all; in another one they are whole since the first, else since the upgrade."""
    url = f"sqlite+aiosqlite:///{shutil.copy(before_kept_since, tmp_path / 'kept.db')}"
    own = dict.fromkeys(("ts_open", "session", "open", "high", "low", "close", "volume", "replayed", "incomplete"), 1)
    row: dict[str, object] = own | {"symbol": "A", "ts_close": 2, "source": "test", "timeframe": "1d"}
    more = {"price_factor": 1, "split_factor": 1}
    began = time.time_ns() // 1_000_000
    async with open_database(url) as database, database.begin() as connection:
        for table, count, values in (("bars", bars, row | more), ("bar_revisions", revisions, row | {"replaced_at": revisions})):
            if count:
                await connection.execute(insert(lightweight(table, *map(column, values))), values)
    await command.upgrade(url)
    async with open_database(url) as database, database.connect() as connection:
        found = (await connection.execute(text("SELECT since FROM kept_since WHERE name = 'bar_revisions'"))).scalar_one()
    assert found == since if since is not None else began <= found <= time.time_ns() // 1_000_000


def test_a_revision_that_is_not_known_and_a_database_that_is_no_url_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/test.db")
    assert main(["upgrade", "nope"]) == 2
    assert capsys.readouterr().err == "error: Can't locate revision identified by 'nope'\n"
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    with pytest.raises(SystemExit) as ended:
        main(["current"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("error: setting DATABASE_URL='nonsense': not a URL")
