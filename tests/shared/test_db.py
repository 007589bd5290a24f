from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from shared.db import Database, open_database
from shared.failures import PoisonError, TransientError
from shared.tables import bars, checkpoints, industries, instrument_industries


@pytest.fixture(
    params=["sqlite", pytest.param("aiomysql", marks=pytest.mark.mariadb), pytest.param("asyncmy", marks=pytest.mark.mariadb)]
)
def url(request: pytest.FixtureRequest) -> str:
    """A database with the tables, by every driver."""
    if request.param == "sqlite":
        sqlite: str = request.getfixturevalue("sqlite_url")
        return sqlite
    found: str = request.getfixturevalue("mariadb_url").replace("aiomysql", request.param)
    request.getfixturevalue("_mariadb").fill(found.rpartition("/")[2], request.getfixturevalue("_migrated_schema"))
    return found


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as found:
        yield found


def bar(i: int, close: float = 1.0) -> dict[str, object]:
    prices = dict.fromkeys(("open", "high", "low", "volume", "price_factor", "split_factor"), 1.0)
    when = {"ts_close": i, "ts_open": i - 1, "session": 20240102}
    return {"symbol": f"S{i % 7}", "timeframe": "1m", "close": close, "source": "test", "replayed": False, **when, **prices}


async def closes(database: Database) -> dict[int, float]:
    async with database.connect() as connection:
        return dict((await connection.execute(select(bars.c.ts_close, bars.c.close))).tuples().all())


async def test_upsert_inserts_updates_or_leaves_rows(database: Database) -> None:
    rows = [bar(i) for i in range(1000)]
    for changed, update, wanted in (
        (1.0, None, 1.0),
        (2.0, None, 2.0),
        (3.0, ["open"], 2.0),
        (4.0, [], 2.0),
        (5.0, ["close"], 5.0),
    ):
        new = [{**row, "close": changed} for row in rows]
        async with database.begin() as connection:
            await connection.execute(database.upsert(bars, new, update), new)
        assert await closes(database) == dict.fromkeys(range(1000), wanted)


async def test_many_rows_are_one_round_trip_each_batch(database: Database) -> None:
    """MariaDB counts the statements it got: row by row would be thousands."""
    if database.dialect == "sqlite":
        pytest.skip("no server, no round trips")
    rows = [bar(i) for i in range(2000)]
    async with database.begin() as connection:
        before = (await connection.execute(text("SHOW SESSION STATUS LIKE 'Com_insert'"))).one()[1]
        await connection.execute(database.upsert(bars, rows), rows)
        after = (await connection.execute(text("SHOW SESSION STATUS LIKE 'Com_insert'"))).one()[1]
    assert int(after) - int(before) < 10


async def test_upsert_refuses_no_rows_and_unknown_columns(database: Database) -> None:
    with pytest.raises(ValueError, match="no rows"):
        database.upsert(bars, [])
    with pytest.raises(ValueError, match="surprise"):
        database.upsert(bars, [{**bar(1), "surprise": 1}])


async def test_an_error_rolls_back(database: Database) -> None:
    async def half() -> None:
        async with database.begin() as connection:
            await connection.execute(database.upsert(bars, [bar(1)]), [bar(1)])
            raise KeyError("x")

    with pytest.raises(KeyError):
        await half()
    assert await closes(database) == {}


async def test_compare_and_set_has_one_winner(database: Database) -> None:
    async with database.begin() as connection:
        row = {"partition_no": 3, "next_offset": 0, "state_version": "v", "state": bytes(range(256)), "owner": "", "updated_at": 0}
        await connection.execute(checkpoints.insert(), row)

    async def claim(name: str) -> int:
        async with database.begin() as connection:
            statement = checkpoints.update().where(checkpoints.c.partition_no == 3, checkpoints.c.next_offset == 0)
            return (await connection.execute(statement.values(next_offset=10, owner=name))).rowcount

    assert sorted(await asyncio.gather(*(claim(str(i)) for i in range(8)))) == [0] * 7 + [1]
    async with database.connect() as connection:
        assert (await connection.execute(select(checkpoints.c.state))).scalar() == bytes(range(256))


async def test_writers_of_two_processes_wait_for_each_other(url: str) -> None:
    async with open_database(url) as one, open_database(url) as two:

        async def write(database: Database, first: int) -> None:
            for i in range(first, first + 40):
                async with database.begin() as connection:
                    await connection.execute(database.upsert(bars, [bar(i)]), [bar(i)])

        await asyncio.gather(write(one, 0), write(two, 100), write(one, 200), write(two, 300))
        assert len(await closes(one)) == 160


async def test_korean_text_and_foreign_keys(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(industries.insert(), {"industry": "s", "name_en": "Semiconductors", "name_ko": "반도체 🚀"})
    async with database.connect() as connection:
        assert (await connection.execute(select(industries.c.name_ko))).scalar() == "반도체 🚀"
    with pytest.raises(IntegrityError):
        async with database.begin() as connection:
            await connection.execute(instrument_industries.insert(), {"symbol": "NONE", "industry": "s"})


async def test_a_programming_error_is_not_transient(database: Database) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the class differs by driver
        async with database.connect() as connection:
            await connection.execute(text("SELECT nonsense FROM nowhere"))
    assert not isinstance(caught.value, TransientError)
    assert isinstance(caught.value, ProgrammingError) or database.dialect == "sqlite"


async def test_a_value_that_does_not_fit_is_poison(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite takes any length")
    with pytest.raises(PoisonError):
        async with database.begin() as connection:
            await connection.execute(industries.insert(), {"industry": "x" * 500, "name_en": "", "name_ko": ""})


async def test_a_slow_block_times_out_and_the_pool_still_works(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("a statement of SQLite runs in its thread to its end")
    with pytest.raises(TransientError):
        async with database.begin(seconds=0.3) as connection:
            await connection.execute(text("SELECT SLEEP(30)"))
    await database.ping()


async def test_utc(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has no session time zone")
    async with database.connect() as connection:
        assert (await connection.execute(text("SELECT TIMEDIFF(NOW(), UTC_TIMESTAMP())"))).scalar_one().total_seconds() == 0


async def test_sqlite_pragmas(tmp_path: Path) -> None:
    async with (
        open_database(f"sqlite+aiosqlite:///{tmp_path / 'deep' / 'er' / 'x.db'}") as database,
        database.connect() as connection,
    ):
        found = [
            (await connection.execute(text(f"PRAGMA {name}"))).scalar() for name in ("journal_mode", "busy_timeout", "foreign_keys")
        ]
    assert found == ["wal", 30_000, 1]


async def test_an_unreachable_database_is_transient_and_its_password_stays_secret() -> None:
    async with open_database("mysql+aiomysql://fin:canary-4711@127.0.0.1:1/x") as database:
        with pytest.raises(TransientError) as caught:
            async with database.connect():
                pass
        assert "canary" not in str(caught.value)
        assert "canary" not in repr(database.engine)
        with pytest.raises(TransientError):
            await database.ping()


@pytest.mark.parametrize("url", ["postgresql://u:canary@h/d", "mysql://u:canary@h/d", "nonsense canary"])
async def test_an_unknown_driver_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL") as caught:
        async with open_database(url):
            pass
    assert "canary" not in str(caught.value)


async def test_many_processes_open_a_new_file_at_once(tmp_path: Path) -> None:
    async def look(url: str) -> int:
        async with open_database(url) as database, database.connect() as connection:
            return int((await connection.execute(text("SELECT 1"))).scalar_one())

    for number in range(20):  # without turns, one file in fifteen was "locked"
        url = f"sqlite+aiosqlite:///{tmp_path}/{number}.db"
        assert await asyncio.gather(*(look(url) for _ in range(12))) == [1] * 12
