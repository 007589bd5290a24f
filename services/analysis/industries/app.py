"""Wires analysis industries: reads quotes, daily bars and signals, publishes views of industries and markets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final

from services.analysis.industries.adapters.industry_tables import IndustryTables
from services.analysis.industries.handlers.view_publisher import IndustryViews
from services.analysis.industries.settings import IndustriesSettings
from shared.db import open_database
from shared.kafka import open_producer, open_tail, stay_member
from shared.runtime import Lifecycle, Task
from shared.topics import BARS, INDUSTRIES, QUOTES, SIGNALS
from shared.waiting import Refresher

DATABASE_SECONDS: Final = 5.0
"""How often the database is checked for the readiness probe."""
SOON_SECONDS: Final = 0.5
"""How often the tables are read until ingest has filled them."""


@asynccontextmanager
async def build(settings: IndustriesSettings, lifecycle: Lifecycle) -> AsyncIterator[Mapping[str, Task]]:
    """Open everything, wire it, and yield the tasks."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url))
        producer = await stack.enter_async_context(open_producer(settings, "analysis-industries"))
        # The tail's offsets are fixed before the database is read, so that events which are not stored yet come from the topics.
        back = {QUOTES: None, BARS: settings.industries_tail, SIGNALS: settings.industries_tail}
        tail = await stack.enter_async_context(open_tail(settings, back, "analysis-industries"))
        industries = IndustryViews(IndustryTables(database), producer)

        async def publish() -> None:
            if tail.caught_up and roster.ever_succeeded:
                await industries.read_closes()
                await industries.publish()

        def often(seconds: float) -> Callable[[], float]:
            return lambda: seconds if industries.read else SOON_SECONDS

        watch = Refresher(database.ping, "database", DATABASE_SECONDS, lifecycle.stopping)
        roster = Refresher(industries.read_roster, "industries", often(settings.roster_seconds), lifecycle.stopping)
        views = Refresher(publish, "views of industries", often(settings.industries_seconds), lifecycle.stopping)
        lifecycle.on_ready("topics read", lambda: tail.caught_up)
        lifecycle.on_ready("database answers", lambda: watch.healthy)
        lifecycle.on_ready("topics handled", lambda: not tail.held)
        lifecycle.on_alive("topics", lambda: tail.alive)

        async def follow() -> None:
            await roster.wait_first_success()
            await tail.run(industries.handle, lifecycle.stopping)

        yield {
            "topics": follow,
            "roster": roster.run,
            "views": views.run,
            "database watch": watch.run,
            "membership": partial(stay_member, settings, INDUSTRIES, settings.industries_group, lifecycle.stopping),
        }
