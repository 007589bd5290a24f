"""Wires analysis industries: quotes, daily bars and signals in, views of industries and markets out. Loads no kernels."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import structlog

from services.analysis.adapters.watching import Watch, pause
from services.analysis.industries.adapters.tables import IndustryTables
from services.analysis.industries.handlers.views import Industries
from services.analysis.industries.settings import IndustriesSettings
from shared.db import open_database
from shared.failures import TransientError
from shared.kafka import Tail, open_producer, open_tail
from shared.runtime import Life, Task
from shared.topics import BARS, QUOTES, SIGNALS

log: Final = structlog.get_logger("analysis.industries")


@asynccontextmanager
async def build(settings: IndustriesSettings, life: Life) -> AsyncIterator[Mapping[str, Task]]:
    """Open everything, wire it, and yield the tasks."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url))
        producer = await stack.enter_async_context(open_producer(settings, "analysis-industries"))
        # The tail's place is fixed before the database is read: what is not stored yet is told by the topic.
        back = {QUOTES: None, BARS: settings.industries_tail, SIGNALS: settings.industries_tail}
        tail = await stack.enter_async_context(open_tail(settings, back, "analysis-industries"))
        industries, watch = Industries(IndustryTables(database), producer), Watch(database)
        life.on_ready("topics read", lambda: tail.caught_up)
        life.on_ready("database answers", lambda: watch.answers)
        life.on_alive("topics", lambda: tail.alive)

        async def follow() -> None:
            await read_first(industries, life.stopping)
            await tail.run(industries.handle, life.stopping)

        yield {
            "topics": follow,
            "roster": lambda: keep_reading(industries, settings.roster_seconds, life.stopping),
            "views": lambda: keep_publishing(industries, tail, settings.industries_seconds, life.stopping),
            "database watch": lambda: watch.run(life.stopping),
        }


async def read_first(industries: Industries, stopping: asyncio.Event) -> None:
    """Reads the industries before the first message, however long the database takes to come up."""
    while not stopping.is_set() and not await _tried(industries.read_roster, "industries"):
        await pause(1.0, stopping)


async def keep_reading(industries: Industries, seconds: float, stopping: asyncio.Event) -> None:
    """Reads the industries now and then; sooner while there are none, for ingest has yet to fill the tables."""
    while not stopping.is_set():
        await pause(seconds * random.uniform(0.8, 1.2) if industries.read else 1.0, stopping)  # noqa: S311  # spreads replicas
        await _tried(industries.read_roster, "industries")


async def keep_publishing(industries: Industries, tail: Tail, seconds: float, stopping: asyncio.Event) -> None:
    """Publishes what has changed, once memory is whole. A view that cannot be published now is published later."""
    while not stopping.is_set():
        await pause(seconds if industries.read else 0.5, stopping)
        if not tail.caught_up or not await _tried(industries.read_closes, "daily closes"):
            continue
        try:
            await industries.publish()
        except TransientError as error:
            log.warning("views cannot be published now", error=str(error))


async def _tried(read: Callable[[], Awaitable[None]], what: str) -> bool:
    try:
        await read()
    except TransientError as error:
        log.warning("the database cannot be read now", what=what, error=str(error))
        return False
    return True
