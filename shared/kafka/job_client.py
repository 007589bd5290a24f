"""Publishes research jobs that are answered at once, and awaits the results, which a tail of their topic reads without a group."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final, Protocol

from shared.events import ConditionHistory, ConditionHistoryJob, ResearchJob, ResearchResult
from shared.kafka.records import Record
from shared.topics import RESEARCH_JOBS, Topic

MOST_WAITING: Final = 100


class NoResultError(Exception):
    """There is no result in time, or too many jobs wait already. Asking again later may help."""


class JobPublisher(Protocol):
    """The method of a producer that is used."""

    async def publish(self, topic: Topic[ResearchJob], event: ResearchJob, *, key: str) -> Any: ...


class JobClient:
    """The jobs of one process that wait for results."""

    def __init__(self, publisher: JobPublisher, most: int = MOST_WAITING) -> None:
        """``most``: jobs that may wait at the same time."""
        self._publisher = publisher
        self._most = most
        self._waiting: dict[str, asyncio.Future[ConditionHistory]] = {}

    async def handle(self, records: Sequence[Record[ResearchResult]]) -> None:
        """The handler of the tail of the results. A result that nobody waits for is ignored, and so are those of runs."""
        for record in records:
            event = record.event
            found = self._waiting.get(event.job_id)
            if isinstance(event, ConditionHistory) and found is not None and not found.done():
                found.set_result(event)

    async def request(self, job: ConditionHistoryJob, seconds: float) -> ConditionHistory:
        """Publish a job and wait for its result.

        Raises:
            NoResultError: there is none within ``seconds``, or too many jobs wait.
            TransientError: the broker does not acknowledge the job.
        """
        if len(self._waiting) >= self._most:
            raise NoResultError(f"{self._most} jobs wait for results already")
        if job.id in self._waiting:
            raise ValueError(f"id: a job {job.id!r} waits already")
        found: asyncio.Future[ConditionHistory] = asyncio.get_running_loop().create_future()
        self._waiting[job.id] = found
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                await self._publisher.publish(RESEARCH_JOBS, job, key=job.id)
                return await found
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise NoResultError(f"no result of job {job.id} within {seconds:g} s") from error
        finally:
            del self._waiting[job.id]
