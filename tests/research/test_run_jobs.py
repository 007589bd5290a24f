"""Runs over a real broker and real databases: each once to completion, whatever is killed, with its progress and its outcome."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from services.analysis.research.adapters.run_table import RunTable
from services.analysis.research.domain.refusals import Reason
from services.analysis.research.domain.run_jobs import new_row
from services.analysis.research.domain.run_record import RunRecord
from services.analysis.research.domain.run_rows import RunRow
from shared.db import Database, open_database
from shared.events import CancelRun, ResearchResult, RunBacktest, RunFinished, RunProgress
from shared.kafka import Record, open_producer, open_tail
from shared.settings import MeshSettings
from shared.topics import RESEARCH_JOBS, RESEARCH_RESULTS
from tests.research.role import running, skip_jobs, started
from tests.servers import Broker
from tests.until import until

GROUP = f"research-runs-{os.getpid()}"
"""One for all: a test must not read the jobs of the one before."""
COUNTING = ("tests.research.counting_role",)
_numbers = itertools.count(1)


def asked(entry: str = "macd_cross", **fields: Any) -> RunBacktest:
    now = time.time_ns() // 1_000_000
    given: dict[str, Any] = {"requested_by": "test", "symbols": ("SPY", "AAPL"), "tape": "daily", "source": "test"}
    return RunBacktest(id=f"run-{os.getpid()}-{next(_numbers)}", entry=entry, ts_event=now, ts_init=now, **(given | fields))


async def publish(kafka: Broker, *jobs: RunBacktest | CancelRun) -> None:
    async with open_producer(MeshSettings(kafka_bootstrap=kafka.bootstrap), "test") as producer:
        for job in jobs:
            await producer.publish(RESEARCH_JOBS, job, key=job.id)


class Seen:
    """What is published about runs, from now on."""

    def __init__(self) -> None:
        self.events: list[ResearchResult] = []

    async def handle(self, records: Sequence[Record[ResearchResult]]) -> None:
        self.events += [record.event for record in records]

    def progress(self, run_id: str) -> list[RunProgress]:
        return [each for each in self.events if isinstance(each, RunProgress) and each.job_id == run_id]

    async def outcome(self, run_id: str) -> RunFinished:
        await until(lambda: self._finished(run_id), 90, f"the outcome of {run_id} is published")
        (finished,) = self._finished(run_id)
        return finished

    def _finished(self, run_id: str) -> list[RunFinished]:
        return [each for each in self.events if isinstance(each, RunFinished) and each.job_id == run_id]


@asynccontextmanager
async def seeing(kafka: Broker) -> AsyncIterator[Seen]:
    settings, stopping, seen = MeshSettings(kafka_bootstrap=kafka.bootstrap), asyncio.Event(), Seen()
    async with open_tail(settings, {RESEARCH_RESULTS: 0}, "test") as tail:
        task = asyncio.create_task(tail.run(seen.handle, stopping))
        try:
            yield seen
        finally:
            stopping.set()
            await task


@pytest.fixture(scope="module", autouse=True)
def _from_now_on(kafka: Broker) -> None:
    asyncio.run(skip_jobs(kafka.bootstrap, GROUP))


async def ended(table: RunTable, run_id: str) -> RunRow:
    async def found() -> RunRow | None:
        row = await table.row(run_id)
        return row if row is not None and row.state not in {"queued", "running"} else None

    return await until(found, 220, f"{run_id} has ended")


async def runs(table: RunTable, run_id: str) -> None:
    async def found() -> bool:
        row = await table.row(run_id)
        return row is not None and row.state == "running"

    await until(found, 60, f"{run_id} runs")


async def test_runs_are_done_once_reported_refused_and_cancelled(kafka: Broker, sqlite_url: str, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    slow = asked(options={"wait_for": str(gate)})
    good, bad, defect, unknown = asked(), asked("refuse"), asked("defect"), asked(options={"wat": 1})
    wrong, waits = asked(symbols=("A", "A")), asked()
    places = {"RESEARCH_ARTEFACTS": str(tmp_path / "runs"), "RESEARCH_RUNS_PER_KEY": "6", "RESEARCH_GROUP": GROUP}
    with running(kafka.bootstrap, sqlite_url, tmp_path, COUNTING, **places) as process:
        async with open_database(sqlite_url) as database, seeing(kafka) as seen:
            table = RunTable(database)
            await started(tmp_path)
            await publish(kafka, slow, slow)
            await runs(table, slow.id)
            await publish(kafka, waits, good, bad, defect, unknown, wrong)
            over = asked()
            await until(lambda: _stored(table, waits, good, bad, defect, unknown, wrong), 90, "all are stored")
            await publish(kafka, over)
            refused = await ended(table, over.id)
            assert (refused.state, refused.error_code) == ("refused", "limit")
            assert "test has 6 runs that wait or run, at most 6" in refused.error
            await publish(kafka, msgspec.structs.replace(_cancel(good), requested_by="another"), _cancel(waits))
            assert (await ended(table, waits.id)).state == "cancelled"
            await _reported_every_second(seen, slow)
            for job, state in ((wrong, "refused"), (over, "refused"), (waits, "cancelled")):
                assert (await seen.outcome(job.id)).state == state, "it is published although the worker is busy"
            published = (await seen.outcome(wrong.id)).error
            assert published is not None
            assert (published.code, published.reason, published.field) == ("invalid-job", "symbol-twice", "symbols")
            assert (await table.row(slow.id)).state == "running"  # type: ignore[union-attr]
            await publish(kafka, _cancel(slow))
            assert (await ended(table, slow.id)).state == "cancelled"
            for job, state, error in (
                (good, "done", ""),
                (bad, "refused", "entry: 'refuse' is refused"),
                (defect, "failed", "ZeroDivisionError: a defect"),
                (unknown, "refused", "unknown field `wat`"),
                (wrong, "refused", "one is named twice"),
            ):
                row = await ended(table, job.id)
                finished = await seen.outcome(job.id)
                assert (row.state, finished.state) == (state, state), row
                assert error in (finished.error.message if finished.error else "")
            told = (await seen.outcome(bad.id)).error
            assert told is not None
            assert (told.reason, told.field, told.values) == ("value-wrong", "entry", {"value": "refuse"}), (
                "as the process of runs says"
            )
            told = (await seen.outcome(defect.id)).error
            assert told is not None
            assert (told.code, told.reason) == ("error", ""), "a defect is no mistake of the request"
            await _result(table, good)
            await until(lambda: _all_reported(table), 90, "the outcomes are marked as published")
            await publish(kafka, good)  # the same id again: nothing happens
            again = asked(entry="macd_zero")
            await publish(kafka, again)
            done = await ended(table, again.id)
            assert (done.state, done.done, done.note) == ("done", done.total, ""), "what is done shows no older progress"
            assert (await table.row(good.id)) == (await ended(table, good.id))
            assert (await seen.outcome(good.id)).state == "done"
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 40) == 0, (tmp_path / "research.log").read_text()[-3000:]


async def _stored(table: RunTable, *jobs: RunBacktest) -> bool:
    """All of them: partitions are read at the same time, so the last one may be stored before others."""
    return None not in [await table.row(job.id) for job in jobs]


async def _all_reported(table: RunTable) -> bool:
    return not await table.to_report(10)


def _cancel(job: RunBacktest) -> CancelRun:
    return CancelRun(id=job.id, requested_by="test", ts_event=job.ts_event, ts_init=job.ts_init, source="test")


async def _reported_every_second(seen: Seen, job: RunBacktest) -> None:
    await until(lambda: len(seen.progress(job.id)) >= 5, 90, "progress is reported")
    first, *later = seen.progress(job.id)
    assert (first.state, first.ahead, first.kind) == ("queued", 0, "backtest")
    assert {each.state for each in later} == {"running"}


async def _result(table: RunTable, job: RunBacktest) -> None:
    row, record = await table.row(job.id), await table.record(job.id)
    assert row is not None
    assert record is not None
    assert record.id == job.id
    assert record.summary["fired"]["SPY"] > 50
    written = msgspec.json.decode((Path(row.location) / "result.json").read_bytes(), type=RunRecord)
    assert written == record
    assert (Path(row.location) / "counts.json").exists()


@pytest.mark.kill
async def test_a_killed_run_is_done_again_and_once(kafka: Broker, sqlite_url: str, tmp_path: Path) -> None:
    """SIGKILL of the whole process, then of the child alone: each time the run begins again, and there is one result."""
    gate, began = tmp_path / "gate", tmp_path / "began"
    job = asked(options={"wait_for": str(gate), "began": str(began)})
    places = {
        "RESEARCH_ARTEFACTS": str(tmp_path / "runs"),
        "RESEARCH_LEASE_SECONDS": "3",
        "RESEARCH_GROUP": GROUP,
        "KAFKA_SESSION_MS": "6000",
    }

    def begun(times: int) -> bool:
        return began.exists() and len(began.read_text().splitlines()) == times

    async with open_database(sqlite_url) as database, seeing(kafka) as seen:
        table = RunTable(database)
        with running(kafka.bootstrap, sqlite_url, tmp_path, COUNTING, **places) as first:
            await started(tmp_path)
            await publish(kafka, job)
            await until(lambda: begun(1), 150, "the run has begun")
            (child,) = [each for each in psutil.Process(first.pid).children() if "spawn_main" in " ".join(each.cmdline())]
            first.kill()
            await asyncio.to_thread(child.wait, 20)  # a run does not outlive the process that it belongs to
        with running(kafka.bootstrap, sqlite_url, tmp_path, COUNTING, **places) as second:
            await until(lambda: begun(2), 150, "the run has begun again")
            (child,) = [each for each in psutil.Process(second.pid).children() if "spawn_main" in " ".join(each.cmdline())]
            child.kill()
            await until(lambda: begun(3), 150, "the run has begun a third time")
            gate.touch()
            row = await ended(table, job.id)
            assert (row.state, row.tries) == ("done", 3), row
            await _result(table, job)
            assert (await seen.outcome(job.id)).state == "done"
            assert begun(3)
            assert len(list((tmp_path / "runs").glob("*/result.json"))) == 1


async def test_the_table_lets_one_process_finish_a_run(database_url: str) -> None:
    async with open_database(database_url) as database:
        await _claims(database)


async def _claims(database: Database) -> None:
    table, job = RunTable(database), asked()
    assert await table.add(new_row(job, 1000))
    assert not await table.add(new_row(job, 1001))
    claims = await asyncio.gather(*(table.claim(2000, 500) for _ in range(5)))
    (mine,) = [each for each in claims if each is not None]
    assert await table.keep(mine, 1, 2, "SPY", 2600) is False
    assert await table.claim(2599, 500) is None, "its lease has not ended"
    other = await table.claim(2700, 500)
    assert other is not None
    assert other.tries == 2
    assert await table.keep(mine, 2, 2, "", 9999) is None, "it has lost the run"
    assert not await table.fail(mine, "failed", "error", "late", 2800)
    reason = Reason("no-bars-of", "symbols", {"value": "SPY", "timeframe": "1d"})
    assert await table.fail(other, "refused", "invalid-job", "symbols: no bars", 2900, reason)
    assert not await table.fail(other, "failed", "error", "again", 3000)
    (row,) = await table.to_report(5)
    assert (row.error, row.error_reason, row.finished_at, row.done, row.note) == ("symbols: no bars", reason, 2900, 1, "SPY")
    await table.reported(row.id)
    assert await table.to_report(5) == []
    assert await table.cancel(job.id, 3000) == "refused", "what has ended stays as it is"
    assert await table.cancel("none", 3000) is None
    killed = asked()
    await table.add(new_row(killed, 4000))
    for at in (5000, 6000, 7000):
        assert (await table.claim(at, 500)) is not None
    assert await table.claim(9000, 500) is None
    await table.give_up(9000)
    given_up = await table.row(killed.id)
    assert given_up is not None
    assert (given_up.state, given_up.error_code) == ("failed", "killed")


def test_a_job_becomes_a_row_or_says_what_is_wrong() -> None:
    row = new_row(asked(exit="dead_cross", options={"stop_loss": 0.05, "time_exit": 20}), 5)
    assert row.request.parameters == {
        "entry": "macd_cross",
        "exit": "dead_cross",
        "direction": "long",
        "stop_loss": 0.05,
        "time_exit": 20,
    }
    assert (row.request.data.source, row.request.data.place, row.state, row.created_at) == ("tape", "daily", "queued", 5)
    for job, message in (
        (asked(options={"entry": "x"}), "options: entry is a field of the job, not an option"),
        (asked(options={"x": "y" * 70_000}), "at most 65536 are taken"),
        (asked(tape="t" * 2000), "place: it has 2000 characters"),
        (asked(symbols=("A",) * 2000), "symbols: at most 1000 are read, not 2000"),
        (asked(start=dt.date(2021, 1, 1), end=dt.date(2020, 1, 1)), "start: 2021-01-01 is after end"),
    ):
        wrong = new_row(job, 5)
        assert (wrong.state, wrong.error_code, wrong.finished_at) == ("refused", "invalid-job", 5)
        assert message in wrong.error
        assert len(msgspec.json.encode(wrong)) < 2000, "what is refused is not stored in full"
    for fields, message in (({"id": "../x"}, "id: '../x' must have"), ({"requested_by": ""}, "requested_by: '' must have")):
        with pytest.raises(ValueError, match=message):  # a dead letter: nobody could be answered
            new_row(msgspec.structs.replace(asked(), **fields), 5)
