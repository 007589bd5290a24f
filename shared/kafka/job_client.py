"""Publishes research jobs, and awaits what is published about them, which a tail of the topic of results reads without a group."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol, TypeVar

from shared.events import (
    CancelRun,
    ConditionHistory,
    ConditionHistoryJob,
    HistoryJob,
    HistoryResult,
    IndicatorHistory,
    IndicatorHistoryJob,
    ResearchJob,
    ResearchResult,
    RunFinished,
    RunJob,
    RunProgress,
)
from shared.failures import TransientError
from shared.kafka.records import Record
from shared.kafka.run_watch import NoResultError, RunWatch
from shared.topics import RESEARCH_JOBS, Topic

R = TypeVar("R", bound=HistoryResult)
MOST_WAITING: Final = 100
PUBLISH_SECONDS: Final = 5.0
"""How long a broker may take to acknowledge a run; one that is gone would take as long as the producer tries."""


class JobPublisher(Protocol):
    """The method of a producer that is used."""

    async def publish(self, topic: Topic[ResearchJob], event: ResearchJob, *, key: str) -> Any: ...


class JobClient:
    """The jobs of one process that wait for results."""

    def __init__(self, publisher: JobPublisher, most: int = MOST_WAITING) -> None:
        """``most``: jobs that may wait at the same time."""
        self._publisher = publisher
        self._most = most
        self._waiting: dict[str, asyncio.Future[HistoryResult]] = {}
        self._runs: dict[str, RunWatch] = {}

    async def handle(self, records: Sequence[Record[ResearchResult]]) -> None:
        """The handler of the tail of the results. A result that nobody waits for is ignored."""
        for record in records:
            event = record.event
            if isinstance(event, RunProgress | RunFinished):
                if (watch := self._runs.get(event.job_id)) is not None:
                    await watch.put(event)
                continue
            found = self._waiting.get(event.job_id)
            if isinstance(event, HistoryResult) and found is not None and not found.done():
                found.set_result(event)

    @asynccontextmanager
    async def run(self, job: RunJob) -> AsyncIterator[RunWatch]:
        """Publish a job that is a run, and watch it inside the block.

        Raises:
            NoResultError: too many jobs wait.
            TransientError: the broker does not acknowledge the job.
        """
        if len(self._runs) >= self._most:
            raise NoResultError(f"{self._most} runs are watched already")
        if job.id in self._runs:
            raise ValueError(f"id: a run {job.id!r} is watched already")
        self._runs[job.id] = watch = RunWatch(job.id)
        try:
            await self._publish(job)
            yield watch
        finally:
            del self._runs[job.id]

    async def cancel(self, job: CancelRun) -> None:
        """Ask for the end of a run. Raises TransientError."""
        await self._publish(job)

    async def _publish(self, job: RunJob | CancelRun) -> None:
        try:
            async with asyncio.timeout(PUBLISH_SECONDS):
                await self._publisher.publish(RESEARCH_JOBS, job, key=job.id)
        except TimeoutError as error:
            raise TransientError(f"the broker does not acknowledge job {job.id} within {PUBLISH_SECONDS:g} s") from error

    async def request(self, job: ConditionHistoryJob, seconds: float) -> ConditionHistory:
        """Publish a job and wait for its result.

        Raises:
            NoResultError: there is none within ``seconds``, or too many jobs wait.
            TransientError: the broker does not acknowledge the job.
        """
        return await self._result(job, ConditionHistory, seconds)

    async def indicators(self, job: IndicatorHistoryJob, seconds: float) -> IndicatorHistory:
        """The same for indicators. Raises as ``request``."""
        return await self._result(job, IndicatorHistory, seconds)

    async def _result(self, job: HistoryJob, of: type[R], seconds: float) -> R:
        if len(self._waiting) >= self._most:
            raise NoResultError(f"{self._most} jobs wait for results already")
        if job.id in self._waiting:
            raise ValueError(f"id: a job {job.id!r} waits already")
        found: asyncio.Future[HistoryResult] = asyncio.get_running_loop().create_future()
        self._waiting[job.id] = found
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                await self._publisher.publish(RESEARCH_JOBS, job, key=job.id)
                result = await found
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise NoResultError(f"no result of job {job.id} within {seconds:g} s") from error
        finally:
            del self._waiting[job.id]
        if not isinstance(result, of):
            raise NoResultError(f"the result of job {job.id} is a {type(result).__name__}")
        return result
