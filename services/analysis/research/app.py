"""Wires analysis research: reads jobs, has them done in other processes, publishes results."""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final

from services.analysis.research.adapters.answer_process import AnswerProcess
from services.analysis.research.adapters.artefacts import RunFiles
from services.analysis.research.adapters.quality_process import QualityProcess
from services.analysis.research.adapters.quality_table import QualityTable
from services.analysis.research.adapters.run_process import RunProcess
from services.analysis.research.adapters.run_table import RunTable
from services.analysis.research.answers import now_ms, serve
from services.analysis.research.handlers.jobs import ResearchJobs
from services.analysis.research.handlers.nightly_datasets import NightlyDatasets
from services.analysis.research.handlers.old_runs import OldRuns
from services.analysis.research.handlers.quality import QualityRefresh
from services.analysis.research.handlers.run_outcomes import RunOutcomes
from services.analysis.research.handlers.run_requests import RunRequests
from services.analysis.research.handlers.run_worker import RunWorker
from services.analysis.research.runs.checks import CHECKS, CheckTable
from services.analysis.research.runs.table import RUN_KINDS, KindTable
from services.analysis.research.settings import ResearchSettings
from shared.db import open_database
from shared.kafka import open_group_consumer, open_producer
from shared.runtime import Lifecycle, Task
from shared.topics import RESEARCH_JOBS
from shared.waiting import Refresher

DATABASE_SECONDS: Final = 5.0
"""How often the database is checked for the readiness probe."""
OLD_RUNS_SECONDS: Final = 3600.0
"""How often old runs are removed."""
NIGHTLY_SECONDS: Final = 60.0
"""How often it is checked whether a data set is due."""
MOST_JOBS: Final = 50
"""Jobs that are taken from Kafka at a time."""


@asynccontextmanager
async def build(
    settings: ResearchSettings, lifecycle: Lifecycle, kinds: KindTable = RUN_KINDS, checks: CheckTable = CHECKS
) -> AsyncIterator[Mapping[str, Task]]:
    """Open everything, wire it, and yield the tasks."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url))
        producer = await stack.enter_async_context(open_producer(settings, "analysis-research", compresses=False))
        consumer = await stack.enter_async_context(
            open_group_consumer(
                settings, [RESEARCH_JOBS], settings.research_group, producer, max_records=MOST_JOBS, side_by_side=True
            )
        )
        answers = AnswerProcess(settings, serve, checks)
        stack.push_async_callback(answers.close)
        store, woken = RunTable(database), asyncio.Event()
        outcomes = RunOutcomes(store, producer)
        workers = [
            RunWorker(
                store, RunProcess(settings, kinds), producer, outcomes, now_ms,
                lease_seconds=settings.research_lease_seconds, run_seconds=settings.research_run_seconds, woken=woken,
            )
            for _ in range(settings.research_workers)
        ]  # fmt: skip
        runs = RunRequests(
            store, producer, outcomes, answers, settings.research_runs_per_key, settings.research_most_queued,
            int(settings.research_run_most_age_seconds * 1000), now_ms,
            woken.set,
        )  # fmt: skip
        jobs = ResearchJobs(answers, runs, producer, settings.job_seconds, int(settings.job_most_age_seconds * 1000), now_ms)
        refresh = QualityRefresh(
            QualityTable(database),
            QualityProcess(settings.quality_limit_seconds, lifecycle.stopping),
            producer,
            settings.quality_timeframes,
            settings.quality_seconds,
            now_ms,
        )
        quality = Refresher(refresh.refresh, "signal quality", lambda: refresh.seconds, lifecycle.stopping)
        watch = Refresher(database.ping, "database", DATABASE_SECONDS, lifecycle.stopping)
        lifecycle.on_ready("jobs", lambda: consumer.ready)
        lifecycle.on_ready("database answers", lambda: watch.healthy)
        lifecycle.on_alive("jobs", lambda: consumer.alive)
        old = old_runs_task(settings, store, lifecycle)
        nightly = nightly_task(settings, store, woken, lifecycle)
        freeze()
        yield {
            **nightly,
            **old,
            "jobs": lambda: consumer.run(jobs.handle, lifecycle.stopping),
            "quality": quality.run,
            "database watch": watch.run,
            **{f"runs {n}": partial(worker.run, lifecycle.stopping) for n, worker in enumerate(workers, 1)},
        }


def freeze() -> None:
    """Leave what was loaded at the start out of every search for garbage: the event loop waits for each."""
    gc.collect()
    gc.freeze()


def nightly_task(settings: ResearchSettings, store: RunTable, woken: asyncio.Event, lifecycle: Lifecycle) -> dict[str, Task]:
    """The task that asks for a data set each night, if the settings have a time for it."""
    if not settings.research_dataset_at:
        return {}
    nightly = NightlyDatasets(
        store, RunFiles(settings.research_artefacts), dt.time.fromisoformat(settings.research_dataset_at),
        settings.research_dataset_parameters, settings.research_dataset_keep, now_ms, woken.set,
    )  # fmt: skip
    return {"nightly data set": Refresher(nightly.look, "nightly data set", NIGHTLY_SECONDS, lifecycle.stopping).run}


def old_runs_task(settings: ResearchSettings, store: RunTable, lifecycle: Lifecycle) -> dict[str, Task]:
    """The task that removes old runs, in a process that does runs: it can write where their files are."""
    if not settings.research_workers:
        return {}
    old = OldRuns(store, RunFiles(settings.research_artefacts), settings.research_run_days, now_ms)
    return {"old runs": Refresher(old.look, "old runs", OLD_RUNS_SECONDS, lifecycle.stopping).run}
