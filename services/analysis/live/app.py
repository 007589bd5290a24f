"""Wires analysis live: reads ticks, publishes bars, indicator rows, quotes and signals, stores checkpoints and bars."""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import structlog

from services.analysis.adapters.instrument_groups import GroupTable
from services.analysis.kernels import machine_code
from services.analysis.kernels.conditions.required_indicators import required_indicator
from services.analysis.kernels.plan import plan
from services.analysis.live.adapters.bars import StoredBars
from services.analysis.live.adapters.benchmarks import BenchmarkTable
from services.analysis.live.adapters.calendars import read_calendar
from services.analysis.live.adapters.checkpoints import CheckpointTable
from services.analysis.live.adapters.conditions import StoredConditions
from services.analysis.live.adapters.instruments import InstrumentTable
from services.analysis.live.adapters.kind_compiler import KindCompiler
from services.analysis.live.adapters.old_revisions import OldRevisions
from services.analysis.live.adapters.sequences import SequenceTable
from services.analysis.live.adapters.warm_ups import WarmUpTable
from services.analysis.live.domain.chart_patterns import ChartPatterns
from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.preload import rehearse
from services.analysis.live.domain.series_runner import SeriesRunner
from services.analysis.live.handlers.group_values import MeasuredGroups
from services.analysis.live.handlers.history import HistoryReader
from services.analysis.live.handlers.other_instruments import ReferencedInstruments
from services.analysis.live.handlers.partition_owner import AnalysisPartitions, CheckpointInterval, wall_clock_ms
from services.analysis.live.handlers.restore import Restorer
from services.analysis.live.handlers.sequences import FollowedSequences
from services.analysis.live.handlers.user_conditions import UserConditions
from services.analysis.live.handlers.warm_up import WarmUp
from services.analysis.live.settings import LiveSettings
from shared.calendars import read_corrections
from shared.corrections import CorrectionError
from shared.db import Database, open_database
from shared.kafka import open_owned_consumer, open_producer, open_range_reader
from shared.quality.stored_records import QualityRecords
from shared.runtime import Lifecycle, Task
from shared.settings import EXIT_BAD_SETTINGS
from shared.topics import TICKS
from shared.waiting import Refresher

log: Final = structlog.get_logger("analysis")
DATABASE_SECONDS: Final = 5.0
PRUNE_SECONDS: Final = 3600.0
"""How often old revisions of bars are deleted."""
DAY_MS: Final = 86_400_000
"""How often the database is checked for the readiness probe."""


def check(settings: LiveSettings) -> None:
    """Check the file of calendar corrections before anything is opened.

    Raises:
        SystemExit: the file cannot be used; the reason is printed to stderr.
    """
    try:
        read_corrections(settings.calendar_corrections, settings.session_files)
    except CorrectionError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - before any log
        sys.exit(EXIT_BAD_SETTINGS)


@asynccontextmanager
async def build(settings: LiveSettings, lifecycle: Lifecycle) -> AsyncIterator[Mapping[str, Task]]:
    """Open everything, wire it, and yield the tasks."""
    async with AsyncExitStack() as stack:
        series = await asyncio.to_thread(load_series_runner, settings)
        today = dt.datetime.now(dt.UTC).date()
        corrections = await asyncio.to_thread(read_corrections, settings.calendar_corrections)
        calendar = await asyncio.to_thread(read_calendar, settings.calendar_start, today, corrections, settings.session_files)
        database = await stack.enter_async_context(open_database(settings.database_url))
        producer = await stack.enter_async_context(open_producer(settings, "analysis-live"))
        ranges = await stack.enter_async_context(open_range_reader(settings, "analysis-live"))
        consumer = await stack.enter_async_context(
            open_owned_consumer(settings, TICKS, settings.analysis_group, producer, max_records=settings.batch_ticks)
        )
        instance = settings.instance or f"{socket.gethostname()}:{os.getpid()}"
        checkpoints, stored, instrument_table = CheckpointTable(database, instance), StoredBars(database), InstrumentTable(database)
        compiler = KindCompiler(series.code)
        always = [required_indicator(column) for column in settings.indicators]
        referenced = ReferencedInstruments(
            stored,
            BenchmarkTable(database),
            MeasuredGroups(GroupTable(database), calendar, series.code.core),
            lambda: Engine(calendar, instrument_table.listed, series),
            settings.rebuild_bars,
        )
        user_conditions = UserConditions(StoredConditions(database), referenced, compiler, always)
        warm_up = WarmUp(stored, settings.rebuild_bars, WarmUpTable(database), wall_clock_ms, lambda: user_conditions.uncompiled)
        followed, records = FollowedSequences(SequenceTable(database)), QualityRecords(database)
        owner = AnalysisPartitions(
            Restorer(
                checkpoints,
                stored,
                instrument_table,
                calendar,
                series,
                settings.rebuild_bars,
                lambda: user_conditions.current,
                lambda: user_conditions.others,
            ),
            checkpoints,
            HistoryReader(ranges, stored, settings.rebuild_bars),
            user_conditions,
            warm_up,
            followed,
            records,
            instrument_table,
            producer,
            consumer.dead_letter,
            CheckpointInterval(settings.checkpoint_seconds, settings.checkpoint_rows),
        )
        stopping = lifecycle.stopping
        watch = Refresher(database.ping, "database", DATABASE_SECONDS, stopping)
        tables = {
            "instruments": Refresher(instrument_table.read, "instruments", settings.catalogue_seconds, stopping),
            "conditions": Refresher(user_conditions.read, "conditions", settings.conditions_seconds, stopping),
            "signal quality": Refresher(records.read, "signal quality", settings.quality_read_seconds, stopping),
            "old revisions": Refresher(
                lambda: delete_old_revisions(database, settings.bar_revision_days), "old revisions", PRUNE_SECONDS, stopping
            ),
            "sequences": Refresher(followed.read, "sequences", settings.conditions_seconds, stopping),
        }
        lifecycle.on_ready("partitions restored", lambda: consumer.ready)
        lifecycle.on_ready("database answers", lambda: watch.healthy)
        lifecycle.on_alive("ticks are read", lambda: consumer.alive)

        async def consume() -> None:
            for table in tables.values():
                await table.wait_first_success()
            tune_garbage_collector()
            await consumer.run(owner, stopping)

        yield {
            "live": consume,
            "compiler": lambda: compiler.run(stopping),
            "warm-up": lambda: warm_up.run(owner.partitions, stopping),
            "database watch": watch.run,
            **{name: table.run for name, table in tables.items()},
        }


async def delete_old_revisions(database: Database, days: int) -> None:
    """Delete what stored bars were before they were replaced, where that is more than ``days`` ago."""
    await OldRevisions(database).delete_before(wall_clock_ms() - days * DAY_MS)


def load_series_runner(settings: LiveSettings) -> SeriesRunner:
    """The indicators and rules with their machine code, loaded or compiled at the first start (two minutes of a core)."""
    began = time.monotonic()
    base, loops = plan(fingerprint=machine_code.kernel_fingerprint()), machine_code.load(settings.kernels)
    series = SeriesRunner(base, loops, chart_patterns=chart_patterns(settings))
    rehearse(series)
    log.info("kernels are compiled", seconds=round(time.monotonic() - began, 1), plan=series.version, columns=len(series.columns))
    return series


def chart_patterns(settings: LiveSettings) -> ChartPatterns:
    """The chart patterns, with their loops from the cache."""
    return ChartPatterns(machine_code.load_patterns(settings.kernels), machine_code.pattern_fingerprint())


def tune_garbage_collector() -> None:
    """Collect garbage rarely: messages live shortly and have no cycles, and the default thresholds cost a third of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
