"""Answers jobs: checks each, has it evaluated within a time limit, publishes the result."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import structlog

from services.analysis.research.domain.jobs import RefusedJobError, check, refusal
from services.analysis.research.handlers import metrics
from shared.events import (
    CancelRun,
    ConditionHistoryJob,
    HistoryJob,
    IndicatorHistoryJob,
    ResearchJob,
    ResearchResult,
    RunJob,
)
from shared.kafka import Record
from shared.tasks import run_all
from shared.topics import RESEARCH_RESULTS, Topic
from shared.wire import Encoded

log: Final = structlog.get_logger("analysis.research")


class Evaluator(Protocol):
    """Evaluates checked jobs."""

    async def evaluate(self, job: HistoryJob) -> Encoded:
        """The result as a message: it can be large, and the event loop need not read it. Raises RefusedJobError, TransientError."""


class Runs(Protocol):
    """Takes jobs that are runs."""

    async def take(self, job: RunJob | CancelRun) -> None:
        """Raises TransientError; ValueError for a job without a valid id."""


class ResultPublisher(Protocol):
    """The methods of a producer that are used."""

    async def publish(self, topic: Topic[ResearchResult], event: ResearchResult, *, key: str) -> Any: ...

    async def publish_encoded(self, topic: Topic[ResearchResult], event: Encoded, *, key: str) -> Any: ...


class ResearchJobs:
    """The handler of the topic of jobs. The same job gives the same result, apart from its ``ts_init``."""

    def __init__(
        self,
        evaluator: Evaluator,
        runs: Runs,
        publisher: ResultPublisher,
        seconds: float,
        most_age_ms: int,
        clock: Callable[[], int],
    ) -> None:
        """``seconds``: limit of a job. ``clock``: milliseconds since the epoch."""
        self._evaluator = evaluator
        self._runs = runs
        self._publisher = publisher
        self._seconds = seconds
        self._most_age_ms = most_age_ms
        self._clock = clock

    async def handle(self, records: Sequence[Record[ResearchJob]]) -> None:
        """Answers some jobs side by side; returns when the results are published and the runs stored. Raises ``TransientError``."""
        await run_all(*(self._one(record.event) for record in records))

    async def _one(self, job: ResearchJob) -> None:
        if not isinstance(job, HistoryJob):
            await self._runs.take(job)
            return
        began = time.monotonic()
        try:
            found = await self._answer(job)
        except RefusedJobError as error:
            refused = refusal(job, error, self._clock())
            await self._publisher.publish(RESEARCH_RESULTS, refused, key=refused.job_id)
            metrics.jobs.labels(error.code).inc()
        else:
            await self._publisher.publish_encoded(RESEARCH_RESULTS, found, key=job.id)
            metrics.jobs.labels("done").inc()
        metrics.seconds.observe(time.monotonic() - began)

    async def _answer(self, job: HistoryJob) -> Encoded:
        """Raises ``RefusedJobError``, ``TransientError``."""
        limit = asyncio.timeout(self._seconds)
        try:
            check(job, self._clock(), self._most_age_ms)
            async with limit:
                return await self._evaluator.evaluate(job)
        except RefusedJobError as error:
            log.info("job refused", job=job.id[:64], code=error.code, error=str(error)[:300])
            raise
        except TimeoutError:
            if not limit.expired():
                raise
            log.warning("job takes too long", job=job.id, about=_about(job))
            raise RefusedJobError("timeout", f"{_about(job)} not evaluated within {self._seconds:g} s") from None


def _about(job: HistoryJob) -> str:
    match job:
        case ConditionHistoryJob():
            return f"condition: {job.condition[:500]!r} over {len(job.symbols)} instruments was"
        case IndicatorHistoryJob():
            return f"columns: {', '.join(job.columns) or 'the default ones'} of {job.symbol} on {job.timeframe} were"
