"""Wires analysis live: checkpoints and bars in the database, ticks in, bars, indicator rows, quotes and signals out."""

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

from services.analysis.kernels import machine_code
from services.analysis.kernels.conditions.required_indicators import wish
from services.analysis.kernels.plan import plan
from services.analysis.live.adapters.bars import StoredBars
from services.analysis.live.adapters.calendars import read_calendar
from services.analysis.live.adapters.checkpoints import Checkpoints
from services.analysis.live.adapters.conditions import AskedConditions
from services.analysis.live.adapters.instruments import Catalogue
from services.analysis.live.adapters.sequences import SequenceTable
from services.analysis.live.adapters.warm_ups import WarmUpTable
from services.analysis.live.domain.charts import Charts
from services.analysis.live.domain.rehearsal import rehearse
from services.analysis.live.domain.series import Series
from services.analysis.live.handlers.history import HistoryReader
from services.analysis.live.handlers.live import Live, Pace, wall
from services.analysis.live.handlers.restore import Restorer
from services.analysis.live.handlers.sequences import Following
from services.analysis.live.handlers.user_conditions import Asking
from services.analysis.live.handlers.warm_up import WarmUp
from services.analysis.live.settings import LiveSettings
from shared.calendars import read_corrections
from shared.corrections import CorrectionError
from shared.db import open_database
from shared.kafka import open_owned_consumer, open_producer, open_range_reader
from shared.runtime import Lifecycle, Task
from shared.settings import EXIT_BAD_SETTINGS
from shared.topics import TICKS
from shared.waiting import Refresher

log: Final = structlog.get_logger("analysis")
DATABASE_SECONDS: Final = 5.0
"""How often the readiness probe's answer about the database is made anew."""


def check(settings: LiveSettings) -> None:
    """See whether the file of calendar corrections can be used, before anything is opened.

    Raises:
        SystemExit: it cannot; a line on stderr says why.
    """
    try:
        read_corrections(settings.calendar_corrections)
    except CorrectionError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - before any log
        sys.exit(EXIT_BAD_SETTINGS)


@asynccontextmanager
async def build(settings: LiveSettings, lifecycle: Lifecycle) -> AsyncIterator[Mapping[str, Task]]:
    """Open everything, wire it, and yield the tasks."""
    async with AsyncExitStack() as stack:
        series = await asyncio.to_thread(compiled, settings)
        today = dt.datetime.now(dt.UTC).date()
        corrections = await asyncio.to_thread(read_corrections, settings.calendar_corrections)
        calendar = await asyncio.to_thread(read_calendar, settings.calendar_start, today, corrections)
        database = await stack.enter_async_context(open_database(settings.database_url))
        producer = await stack.enter_async_context(open_producer(settings, "analysis-live"))
        ranges = await stack.enter_async_context(open_range_reader(settings, "analysis-live"))
        consumer = await stack.enter_async_context(
            open_owned_consumer(settings, TICKS, settings.analysis_group, producer, max_records=settings.batch_ticks)
        )
        owner = settings.instance or f"{socket.gethostname()}:{os.getpid()}"
        checkpoints, stored, catalogue = Checkpoints(database, owner), StoredBars(database), Catalogue(database)
        asking = Asking(AskedConditions(database), [wish(column) for column in settings.indicators])
        warm_up = WarmUp(stored, settings.rebuild_bars, WarmUpTable(database), wall)
        following = Following(SequenceTable(database))
        live = Live(
            Restorer(checkpoints, stored, catalogue, calendar, series, settings.rebuild_bars, lambda: asking.wishes),
            checkpoints,
            HistoryReader(ranges, stored, settings.rebuild_bars),
            asking,
            warm_up,
            following,
            catalogue,
            producer,
            consumer.dead_letter,
            Pace(settings.checkpoint_seconds, settings.checkpoint_rows),
        )
        stopping = lifecycle.stopping
        watch = Refresher(database.ping, "database", DATABASE_SECONDS, stopping)
        tables = {
            "catalogue": Refresher(catalogue.read, "instruments", settings.catalogue_seconds, stopping),
            "conditions": Refresher(asking.read, "conditions", settings.conditions_seconds, stopping),
            "sequences": Refresher(following.read, "sequences", settings.conditions_seconds, stopping),
        }
        lifecycle.on_ready("partitions restored", lambda: consumer.ready)
        lifecycle.on_ready("database answers", lambda: watch.healthy)
        lifecycle.on_alive("ticks are read", lambda: consumer.alive)

        async def consume() -> None:
            for table in tables.values():
                await table.first_success()
            spare_the_collector()
            await consumer.run(live, stopping)

        yield {
            "live": consume,
            "warm-up": lambda: warm_up.run(live.partitions, stopping),
            "database watch": watch.run,
            **{name: table.run for name, table in tables.items()},
        }


def compiled(settings: LiveSettings) -> Series:
    """The indicators and rules, with their machine code loaded, or compiled at the first start (two minutes of a core)."""
    began = time.monotonic()
    base, loops = plan(sources=machine_code.sources()), machine_code.load(settings.kernels)
    series = Series(base, loops, charts=charts(settings))
    rehearse(series)
    log.info("kernels are compiled", seconds=round(time.monotonic() - began, 1), plan=series.version, columns=len(series.columns))
    return series


def charts(settings: LiveSettings) -> Charts:
    """The chart patterns, with their loops from the cache."""
    return Charts(machine_code.load_patterns(settings.kernels), machine_code.pattern_sources())


def spare_the_collector() -> None:
    """Messages die young and hold no cycles: looking through all that lives after every 700 of them cost a third of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
