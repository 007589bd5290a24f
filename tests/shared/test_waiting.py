"""Pauses, retries and periodic actions end with the process, and a permanent failure is not retried."""

from __future__ import annotations

import asyncio

import pytest

from shared.failures import TransientError
from shared.tasks import UnrequestedCancellationError, failure_of, run_all, run_until_first
from shared.waiting import Refresher, keep_trying, pause
from tests.until import until


class Table:
    """Something that is read: away for the first ``away`` times, then there."""

    def __init__(self, away: int, error: type[Exception] = TransientError) -> None:
        self.away, self.error, self.reads = away, error, 0

    async def read(self) -> None:
        self.reads += 1
        if self.reads <= self.away:
            raise self.error("no database yet")


async def lost() -> None:
    """What aiokafka does now and then: it cancels what is waited for."""
    future = asyncio.get_running_loop().create_future()
    future.cancel()
    await future


async def test_a_pause_ends_with_its_event() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(pause(3600, event))
    await asyncio.sleep(0)
    event.set()
    await asyncio.wait_for(waiting, 10)
    await pause(0.0, asyncio.Event())
    assert waiting.done()


async def test_a_refresher_retries_transient_failures_and_then_continues() -> None:
    table, stopping = Table(away=2), asyncio.Event()
    refresher = Refresher(table.read, "a table", 0.01, stopping)
    running = asyncio.create_task(refresher.run())
    await until(lambda: table.reads, what="the first try")
    assert await asyncio.wait_for(refresher.wait_first_success(), 20)
    await until(lambda: refresher.healthy, what="a success")
    await until(lambda: table.reads > 4, what="the next periods")
    table.away = 10**9
    await until(lambda: not refresher.healthy, what="a failure later on")
    stopping.set()
    await asyncio.wait_for(running, 10)


async def test_waiting_for_the_first_success_ends_with_the_process() -> None:
    stopping = asyncio.Event()
    refresher = Refresher(Table(away=10**9).read, "a table", 3600, stopping)
    waiting, running = asyncio.create_task(refresher.wait_first_success()), asyncio.create_task(refresher.run())
    stopping.set()
    assert await asyncio.wait_for(waiting, 10) is False
    await asyncio.wait_for(running, 10)


async def test_a_programming_error_ends_a_refresher_and_the_waiting() -> None:
    refresher = Refresher(Table(away=1, error=ValueError).read, "a table", 0.01, asyncio.Event())
    waiting = asyncio.create_task(refresher.wait_first_success())
    with pytest.raises(ValueError, match="no database yet"):
        await asyncio.wait_for(refresher.run(), 10)
    assert await waiting is False


async def test_keep_trying_returns_the_result_raises_or_stops() -> None:
    stopping, table = asyncio.Event(), Table(away=1)
    await asyncio.wait_for(keep_trying(table.read, "a table", stopping), 20)
    assert table.reads == 2
    with pytest.raises(ValueError, match="no database"):
        await keep_trying(Table(away=1, error=ValueError).read, "a table", stopping)
    stopping.set()
    never = Table(away=0)
    await keep_trying(never.read, "a table", stopping)
    assert never.reads == 0


async def test_a_cancelled_error_without_a_cancel_is_a_failure_of_its_task_only() -> None:
    task = asyncio.create_task(lost(), name="the lost one")
    await asyncio.wait([task])
    assert "'the lost one' raised CancelledError" in str(failure_of(task))
    finished = Table(away=0)
    with pytest.raises(UnrequestedCancellationError):
        await run_all(lost(), finished.read())
    assert finished.reads == 1
    with pytest.raises(UnrequestedCancellationError):
        await run_until_first("main", lost(), asyncio.Event().wait())  # type: ignore[arg-type]
    with pytest.raises(UnrequestedCancellationError):
        await run_until_first("main", asyncio.Event().wait(), lost())  # type: ignore[arg-type]


async def test_cancelling_all_of_cancels_its_tasks() -> None:
    ended: list[str] = []

    async def child(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    for waiting in (run_all(child("a"), child("b")), run_until_first("main", child("c"), child("d"))):
        task = asyncio.create_task(waiting)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert sorted(ended) == ["a", "b", "c", "d"]
