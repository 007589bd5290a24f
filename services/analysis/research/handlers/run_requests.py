"""Takes jobs that are runs: stores each once, refuses what is too much."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from services.analysis.research.domain.refusals import Refusal
from services.analysis.research.domain.run_jobs import new_row, progress, refused
from services.analysis.research.domain.run_rows import RunRequest, RunRow, RunState
from services.analysis.research.handlers import metrics
from services.analysis.research.handlers.run_outcomes import ResultPublisher, RunOutcomes
from shared.events import CancelRun, RunJob
from shared.topics import RESEARCH_RESULTS

log = structlog.get_logger("analysis.research.runs")


class RunStore(Protocol):
    """The methods of the table of runs that are used; all raise TransientError."""

    async def add(self, row: RunRow) -> bool: ...

    async def row(self, run_id: str) -> RunRow | None: ...

    async def cancel(self, run_id: str, now: int) -> RunState | None: ...

    async def open_of(self, requested_by: str) -> int: ...

    async def queued(self, before: RunRow | None = None) -> int: ...


class Checks(Protocol):
    """Checks a request before it waits."""

    async def refusal(self, request: RunRequest) -> Refusal | None:
        """Why it cannot be done; None if nothing is wrong."""


class RunRequests:
    """A job that comes twice is stored once. The workers do what is stored."""

    def __init__(
        self,
        store: RunStore,
        publisher: ResultPublisher,
        outcomes: RunOutcomes,
        checks: Checks,
        most_of_one: int,
        most_queued: int,
        most_age_ms: int,
        clock: Callable[[], int],
        wake: Callable[[], None],
    ) -> None:
        """``most_of_one``: open runs of a requester. ``most_age_ms``: of a request. ``wake``: called when a run has been stored."""
        self._store = store
        self._publisher = publisher
        self._outcomes = outcomes
        self._checks = checks
        self._most_of_one = most_of_one
        self._most_queued = most_queued
        self._most_age_ms = most_age_ms
        self._clock = clock
        self._wake = wake
        self._turn = asyncio.Lock()
        """Jobs come side by side: each sees the runs of those before it."""

    async def take(self, job: RunJob | CancelRun) -> None:
        """Store a run, or cancel one; one that is refused is answered at once.

        Raises:
            TransientError: the database or the broker does not answer.
            ValueError: the job has no valid id.
        """
        known = await self._store.row(job.id[:64])
        if isinstance(job, CancelRun):
            if known is None or known.requested_by != job.requested_by:
                log.warning("a run of another requester is not cancelled", run=job.id[:64], requested_by=job.requested_by[:64])
                return
            log.info("cancel requested", run=job.id, state=await self._store.cancel(job.id, self._clock()))
        elif known is None:
            async with self._turn:
                await self._new(job)
        await self._outcomes.report()  # the workers may be busy for long
        self._wake()

    async def _new(self, job: RunJob) -> None:
        now = self._clock()
        row = new_row(job, now)
        if row.state == "queued" and now - job.ts_event > self._most_age_ms:
            row = refused(row, "expired", f"ts_event: {job.ts_event} is more than {self._most_age_ms / 1000:g} s ago")
        await self._add(await self._checked(await self._within_limits(row)))

    async def _within_limits(self, row: RunRow) -> RunRow:
        if row.state == "refused":
            return row
        if (own := await self._store.open_of(row.requested_by)) >= self._most_of_one:
            return refused(
                row, "limit", f"requested_by: {row.requested_by} has {own} runs that wait or run, at most {self._most_of_one}"
            )
        if (waiting := await self._store.queued()) >= self._most_queued:
            return refused(row, "limit", f"{waiting} runs wait already: ask again later")
        return row

    async def _checked(self, row: RunRow) -> RunRow:
        if row.state != "queued" or (why := await self._checks.refusal(row.request)) is None:
            return row
        log.info("run refused", run=row.id, kind=row.request.kind, error=why.message[:300])
        return refused(row, "invalid-job", why.message, why.reason)

    async def _add(self, row: RunRow) -> None:
        if await self._store.add(row) and row.state == "queued":
            ahead = await self._store.queued(row)
            metrics.queued_runs.set(ahead + 1)
            await self._publisher.publish(RESEARCH_RESULTS, progress(row, self._clock(), ahead), key=row.id)
