"""Does the runs that are stored: claims one, has it done in a process, reports every second, stores the outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Final, Protocol

import msgspec
import structlog

from services.analysis.research.domain.refusals import Reason
from services.analysis.research.domain.run_jobs import progress
from services.analysis.research.domain.run_messages import (
    DoneMessage,
    FailedMessage,
    Message,
    ProcessEndedError,
    ProgressMessage,
    RunTask,
)
from services.analysis.research.domain.run_record import EncodedRecord
from services.analysis.research.domain.run_rows import RunRow, RunState
from services.analysis.research.handlers import metrics
from services.analysis.research.handlers.run_outcomes import ResultPublisher, RunOutcomes
from shared.backoff import Backoff
from shared.failures import TransientError
from shared.topics import RESEARCH_RESULTS
from shared.waiting import keep_trying, pause

TICK_SECONDS: Final = 0.8
"""Between two reports of a run: progress is published at least every second."""
IDLE_SECONDS: Final = 2.0
"""Between two looks for a run, if nothing wakes the worker."""

log = structlog.get_logger("analysis.research.runs")


class RunStore(Protocol):
    """The methods of the table of runs that are used; all raise TransientError."""

    async def claim(self, now: int, lease_ms: int) -> RunRow | None: ...

    async def give_up(self, now: int) -> None: ...

    async def keep(self, row: RunRow, done: float, total: float, note: str, lease_until: int) -> bool | None: ...

    async def finish(self, row: RunRow, record: EncodedRecord, location: str, now: int) -> bool: ...

    async def fail(self, row: RunRow, state: RunState, code: str, error: str, now: int, reason: Reason | None = None) -> bool: ...

    async def release(self, row: RunRow, *, tried: bool) -> None: ...

    async def queued(self, before: RunRow | None = None) -> int: ...


class Process(Protocol):
    """A process that does one run at a time."""

    async def begin(self, task: RunTask) -> None: ...

    async def next(self, seconds: float) -> Message | None: ...

    async def close(self) -> None: ...


class RunWorker:
    """One of the workers of a process; any number of them in any number of processes share the table."""

    def __init__(
        self,
        store: RunStore,
        process: Process,
        publisher: ResultPublisher,
        outcomes: RunOutcomes,
        clock: Callable[[], int],
        *,
        lease_seconds: float,
        run_seconds: float,
        woken: asyncio.Event,
    ) -> None:
        """``clock``: milliseconds since the epoch. ``woken``: set when there may be a run to do."""
        self._store = store
        self._process = process
        self._publisher = publisher
        self._outcomes = outcomes
        self._clock = clock
        self._lease_ms = int(lease_seconds * 1000)
        self._run_ms = int(run_seconds * 1000)
        self._woken = woken

    async def run(self, stopping: asyncio.Event) -> None:
        """Do runs until the process stops; a run that is being done then is given back."""
        backoff = Backoff(Random())  # noqa: S311 - jitter
        try:
            while not stopping.is_set():
                try:
                    await self._step(stopping)
                    backoff.reset()
                except TransientError as error:
                    log.warning("runs wait", error=str(error))
                    await pause(backoff.next(), stopping)
        finally:
            await self._process.close()

    async def _step(self, stopping: asyncio.Event) -> None:
        await self._store.give_up(self._clock())
        await self._outcomes.report()
        row = await self._store.claim(self._clock(), self._lease_ms)
        metrics.queued_runs.set(await self._store.queued())
        if row is not None:
            await self._one(row, stopping)
            await self._outcomes.report()
            return
        waiting = asyncio.create_task(pause(IDLE_SECONDS, self._woken))
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait({waiting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        for task in (waiting, stopped):
            task.cancel()
        self._woken.clear()

    async def _one(self, row: RunRow, stopping: asyncio.Event) -> None:
        log.info("run begins", run=row.id, kind=row.request.kind, tries=row.tries)
        try:
            await self._process.begin(RunTask(row.id, f"{row.id}-{row.claim[:8]}", row.request))
            message = await self._followed(row, stopping)
        except ProcessEndedError as error:
            log.warning("run is begun again", run=row.id, tries=row.tries, error=str(error))
            await self._store.release(row, tried=True)
            await self._store.give_up(self._clock())
            return
        if message is not None:
            await keep_trying(lambda: self._stored(row, message), "the table of runs", stopping)

    async def _followed(self, row: RunRow, stopping: asyncio.Event) -> DoneMessage | FailedMessage | None:
        """The outcome of a run that the process does; None if it ends without one: cancelled, too slow, given back, or lost."""
        newest, reported = ProgressMessage(0.0, 0.0, ""), 0
        started = self._clock()
        while True:
            message = await self._process.next(TICK_SECONDS / 4)
            if isinstance(message, ProgressMessage):
                newest = message
            elif message is not None:
                return message
            if stopping.is_set():
                await self._process.close()
                await self._store.release(row, tried=False)
                return None
            now = self._clock()
            if now - started > self._run_ms:
                await self._process.close()
                return FailedMessage(False, f"it was not done within {self._run_ms / 1000:g} s", code="timeout")
            if now - reported >= TICK_SECONDS * 1000:
                reported = now
                if not await self._goes_on(row, newest):
                    await self._process.close()
                    return None

    async def _goes_on(self, row: RunRow, newest: ProgressMessage) -> bool:
        """Report progress; False if the run is to stop. A database or broker that does not answer does not stop it."""
        now = self._clock()
        try:
            cancel = await self._store.keep(row, newest.done, newest.total, newest.note, now + self._lease_ms)
            if cancel is None:
                log.warning("another process has the run", run=row.id)
                return False
            if cancel:
                await self._store.fail(row, "cancelled", "cancelled", "cancelled", now)
                return False
            shown = msgspec.structs.replace(row, done=newest.done, total=newest.total, note=newest.note)
            await self._publisher.publish(RESEARCH_RESULTS, progress(shown, now), key=row.id)
        except TransientError as error:
            log.warning("progress is not reported", run=row.id, error=str(error))
        return True

    async def _stored(self, row: RunRow, message: DoneMessage | FailedMessage) -> None:
        now = self._clock()
        if isinstance(message, DoneMessage):
            state: RunState = "done"
            kept = await self._store.finish(row, message.record, message.location, now)
        else:
            state = "refused" if message.refused else "failed"
            if message.trace:
                log.error("run failed", run=row.id, trace=message.trace)
            kept = await self._store.fail(row, state, message.code, message.error, now, message.reason)
        if not kept:
            log.warning("another process has the run", run=row.id)
            return
        log.info("run ended", run=row.id, kind=row.request.kind, state=state)
        metrics.runs.labels(row.request.kind, state).inc()
        metrics.run_seconds.labels(row.request.kind).observe((now - (row.started_at or now)) / 1000)
