"""The process that answers the role's questions: conditions and indicators over stored history, and checks of runs."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import msgspec

from services.analysis.research.adapters.answer_process import MOST_BYTES
from services.analysis.research.adapters.run_checks import RunChecks
from services.analysis.research.domain.jobs import RefusedJobError
from services.analysis.research.domain.questions import Answer, Check, Checked, Evaluation, Failure, History, Question, Withdrawal
from services.analysis.research.domain.refusals import Refusal
from services.analysis.research.domain.run_rows import RunRequest
from services.analysis.research.runs.checks import CHECKS
from services.analysis.research.settings import ResearchSettings
from shared import logs, wire
from shared.events import HistoryJob, HistoryResult, IndicatorHistoryJob
from shared.failures import classify

NICE: Final = 4
"""Below the event loop of the role, whose timers must not wait for a computation."""

if TYPE_CHECKING:
    from services.analysis.research.handlers.condition_histories import ConditionHistories
    from services.analysis.research.handlers.indicator_histories import IndicatorHistories
    from shared.db import Database


class Evaluator(Protocol):
    """Evaluates checked jobs."""

    async def evaluate(self, job: HistoryJob) -> HistoryResult:
        """Raises RefusedJobError, TransientError."""


class Checks(Protocol):
    """Checks requests of runs."""

    async def refusal(self, request: RunRequest) -> Refusal | None:
        """Why a run cannot be done; None if nothing is wrong so far."""


def serve(connection: socket.socket, settings: ResearchSettings) -> None:
    """Answer until the parent closes the connection or ends. People wait for the answers: runs have a lower priority still."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    with suppress(OSError, AttributeError):
        os.nice(NICE)
    logs.hide_secrets(logs.secrets_of(settings))
    logs.configure("analysis-research", settings.instance or f"{socket.gethostname()}:{os.getpid()}", settings.log_level)
    asyncio.run(_serve(connection, settings))
    os._exit(0)  # threads may still compute


async def _serve(connection: socket.socket, settings: ResearchSettings) -> None:
    reader, writer = await asyncio.open_unix_connection(sock=connection, limit=MOST_BYTES)
    async with AsyncExitStack() as stack:
        evaluator = LazyEvaluator(settings, stack)
        await answer_all(reader, writer, evaluator, RunChecks(CHECKS))


async def answer_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, evaluator: Evaluator, checks: Checks) -> None:
    """Answer the questions side by side until there are no more.

    Raises:
        ExceptionGroup: with an error that must end the process by ``classify``.
    """
    running = dict[int, asyncio.Task[None]]()

    async def one(question: Evaluation | Check) -> None:
        try:
            line = msgspec.json.encode(await _answer(question, evaluator, checks)) + b"\n"
            with suppress(OSError):  # the parent has ended: the reader sees it
                writer.write(line)
                await writer.drain()
        finally:
            del running[question.number]

    async with asyncio.TaskGroup() as tasks:
        while line := await reader.readline():
            question = msgspec.json.decode(line, type=Question)
            if not isinstance(question, Withdrawal):
                running[question.number] = tasks.create_task(one(question))
            elif (task := running.get(question.number)) is not None:
                task.cancel()
        for task in running.values():
            task.cancel()


async def _answer(question: Evaluation | Check, evaluator: Evaluator, checks: Checks) -> Answer:
    try:
        if isinstance(question, Check):
            return Checked(question.number, await checks.refusal(question.request))
        return History(question.number, wire.encoded(await evaluator.evaluate(question.job)))
    except RefusedJobError as error:
        return Failure(question.number, "refused", str(error), error.code)
    except Exception as error:  # what is listed as a defect of the message, or of the environment
        action = classify(error)
        if action == "crash":
            raise
        return Failure(question.number, "transient" if action == "retry" else "defect", f"{type(error).__name__}: {error}")


class LazyEvaluator:
    """Loads the kernels and what reads the database at the first evaluation: checks of runs need neither."""

    def __init__(self, settings: ResearchSettings, stack: AsyncExitStack) -> None:
        self._settings = settings
        self._stack = stack
        self._loading = asyncio.Lock()
        self._loaded: Histories | None = None

    async def evaluate(self, job: HistoryJob) -> HistoryResult:
        """The result of a job. Raises ``RefusedJobError``, ``TransientError``."""
        loaded = await self._histories()
        if isinstance(job, IndicatorHistoryJob):
            return await loaded.indicators.evaluate(job)
        return await loaded.conditions.evaluate(job)

    async def _histories(self) -> Histories:
        async with self._loading:
            if self._loaded is None:
                from shared.db import open_database

                database = await self._stack.enter_async_context(open_database(self._settings.database_url))
                self._loaded = histories(self._settings, database, self._stack)
            return self._loaded


class Histories(NamedTuple):
    """What evaluates jobs, in one pool of threads."""

    conditions: ConditionHistories
    indicators: IndicatorHistories


def histories(settings: ResearchSettings, database: Database, stack: AsyncExitStack) -> Histories:
    """What evaluates jobs; ``stack`` closes it."""
    from services.analysis.kernels import machine_code
    from services.analysis.research.adapters.calendars import ExchangeCalendars
    from services.analysis.research.adapters.history import StoredHistory
    from services.analysis.research.adapters.kinds import KindCompilations
    from services.analysis.research.adapters.stored_groups import StoredGroups
    from services.analysis.research.adapters.threads import LowPriorityThreads
    from services.analysis.research.handlers.condition_histories import ConditionHistories
    from services.analysis.research.handlers.indicator_histories import IndicatorHistories

    code, threads = machine_code.load(settings.kernels), LowPriorityThreads(settings.research_threads)
    tables, compilations = StoredHistory(database, settings.rebuild_bars), KindCompilations(code)
    stack.callback(threads.close)
    stack.push_async_callback(compilations.close)
    conditions = ConditionHistories(
        tables,
        StoredGroups(database, settings.rebuild_bars),
        ExchangeCalendars(settings.calendar_start, settings.calendar_corrections, settings.session_files),
        code,
        lambda: machine_code.load_patterns(settings.kernels),
        compilations,
        threads,
        2 * settings.research_threads,
        now_ms,
    )
    return Histories(conditions, IndicatorHistories(tables, code, compilations, threads, 2 * settings.research_threads, now_ms))


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000
