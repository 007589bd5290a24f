"""``python -m services.analysis research`` as a process, and a client of its topics."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.events import ConditionHistoryJob, IndicatorHistoryJob, Timeframe
from shared.kafka import JobClient, open_producer, open_tail
from shared.settings import MeshSettings
from shared.topics import RESEARCH_JOBS, RESEARCH_RESULTS
from tests.preloading.process import Process
from tests.until import until

ROOT = Path(__file__).parents[2]
_numbers = itertools.count(1)


@contextmanager
def running(
    bootstrap: str, database_url: str, folder: Path, command: tuple[str, ...] = ("services.analysis", "research"), **settings: str
) -> Iterator[Process]:
    """The process, with a consumer group of its own; killed at the end. Signal quality is computed only if settings ask for it."""
    group = f"research-{os.getpid()}-{next(_numbers)}"
    environment = {
        "KAFKA_BOOTSTRAP": bootstrap, "DATABASE_URL": database_url, "PROBE_PORT": "0", "RESEARCH_GROUP": group, "JOB_SECONDS": "60",
        "CACHE": str(ROOT / ".cache"), "QUALITY_TIMEFRAMES": "[]", **settings,
    }  # fmt: skip
    process = Process(command, {**os.environ, **environment}, folder / "research.log")
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def skip_jobs(bootstrap: str, group: str) -> None:
    """Let a new consumer group begin with the jobs that come from now on: the broker has those of other tests."""
    partitions = [TopicPartition(RESEARCH_JOBS.name, number) for number in range(RESEARCH_JOBS.partitions)]
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    async with asyncio.timeout(30):
        await consumer.start()
        try:
            consumer.assign(partitions)
            await consumer.commit(await consumer.end_offsets(partitions))
        finally:
            await consumer.stop()


async def started(folder: Path) -> None:
    """Wait until the process has started."""
    await until(lambda: '"event":"started"' in (folder / "research.log").read_text(), 90, "research has started")


@asynccontextmanager
async def client(bootstrap: str) -> AsyncIterator[JobClient]:
    """A client whose tail runs."""
    settings, stopping = MeshSettings(kafka_bootstrap=bootstrap), asyncio.Event()
    async with open_producer(settings, "test") as producer, open_tail(settings, {RESEARCH_RESULTS: 0}, "test") as tail:
        jobs = JobClient(producer)
        task = asyncio.create_task(tail.run(jobs.handle, stopping))
        try:
            yield jobs
        finally:
            stopping.set()
            await task


def indicator_job(symbol: str, timeframe: Timeframe, *columns: str, **fields: Any) -> IndicatorHistoryJob:
    """A job with an id of its own, for all rows."""
    now = time.time_ns() // 1_000_000
    given: dict[str, Any] = {
        "id": f"job-{os.getpid()}-{next(_numbers)}", "start": 0, "end": 2**53, "limit": 10_001, "ts_event": now, "ts_init": now,
        "source": "test",
    }  # fmt: skip
    return IndicatorHistoryJob(symbol=symbol, timeframe=timeframe, columns=columns, **(given | fields))


def job(condition: str, *symbols: str, **fields: Any) -> ConditionHistoryJob:
    """A job with an id of its own."""
    now = time.time_ns() // 1_000_000
    given: dict[str, Any] = {
        "id": f"job-{os.getpid()}-{next(_numbers)}",
        "limit": 100,
        "ts_event": now,
        "ts_init": now,
        "source": "test",
    }
    return ConditionHistoryJob(condition=condition, symbols=symbols, **(given | fields))
