"""Changes that wait together are written together, and an error reaches who caused it alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifier.adapters.group_commit import GroupCommit
from shared.db import Database, open_database
from shared.failures import TransientError
from shared.tables import feature_flags


def switch(name: str) -> Callable[[AsyncConnection], Awaitable[str]]:
    async def change(connection: AsyncConnection) -> str:
        await connection.execute(feature_flags.insert(), {"name": name, "enabled": True, "changed_at": 0})
        return name

    return change


async def broken(_: AsyncConnection) -> str:
    raise LookupError("no such row")


async def names(database: Database) -> set[str]:
    async with database.connect() as connection:
        return set((await connection.execute(select(feature_flags.c.name))).scalars())


async def test_what_waits_together_is_one_transaction_and_an_error_is_its_own_callers(database_url: str) -> None:
    async with open_database(database_url) as database:
        changes = GroupCommit(database)
        commits: list[object] = []
        event.listen(database.engine.sync_engine, "commit", commits.append)
        wanted = [f"f{number}" for number in range(20)]
        assert await asyncio.gather(*(changes.write(switch(name)) for name in wanted)) == wanted
        assert len(commits) == 1, "20 changes in one transaction"
        mixed = await asyncio.gather(
            changes.write(switch("a")), changes.write(broken), changes.write(switch("b")), return_exceptions=True
        )
        assert [str(each) for each in mixed] == ["a", "no such row", "b"]
        assert await names(database) == {*wanted, "a", "b"}
        deadlocks = [TransientError("deadlock")]

        async def interrupted(connection: AsyncConnection) -> str:
            if deadlocks:
                raise deadlocks.pop()
            return await switch("d")(connection)

        both = await asyncio.gather(changes.write(interrupted), changes.write(switch("e")))
        assert list(both) == ["d", "e"]
        given_up = asyncio.create_task(changes.write(switch("never")))
        await asyncio.sleep(0)
        given_up.cancel()
        assert await changes.write(switch("c")) == "c"
        assert "never" not in await names(database), "nobody waits for it"


async def test_a_change_that_is_cancelled_from_inside_leaves_nobody_waiting() -> None:
    async def cancelled(_: AsyncConnection) -> str:
        raise asyncio.CancelledError

    async with open_database("sqlite+aiosqlite:///:memory:") as database, asyncio.timeout(10):
        changes = GroupCommit(database)
        failed = await asyncio.gather(*(changes.write(cancelled) for _ in range(70)), return_exceptions=True)
        assert all(isinstance(each, TransientError) for each in failed)
        with pytest.raises(LookupError):
            await changes.write(broken)


async def test_without_a_database_every_caller_gets_the_failure() -> None:
    async with open_database("mysql+aiomysql://nobody:nothing@127.0.0.1:9/none") as database:
        changes = GroupCommit(database)
        failed = await asyncio.gather(*(changes.write(switch(name)) for name in "ab"), return_exceptions=True)
        assert all(isinstance(each, TransientError) for each in failed)
        with pytest.raises(TransientError):
            await changes.write(switch("c"))
