"""Wires the gateway: memory fed by the topics, history from the tables, the web server on top."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Final, cast

import structlog
from aiohttp import web

from services.gateway.adapters.feed import Feed
from services.gateway.adapters.history import TableHistory, open_history
from services.gateway.domain.directory import Directory
from services.gateway.domain.hub import new_hub
from services.gateway.domain.market import Market
from services.gateway.handlers.application import Doors, application
from services.gateway.handlers.connection import listen
from services.gateway.handlers.events import EventStreams
from services.gateway.handlers.fake import SECONDS, Fake
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.sending import Flusher
from services.gateway.handlers.stream import Streams
from services.gateway.settings import Settings
from shared import metrics, topics
from shared.db import open_database
from shared.failures import TransientError
from shared.kafka import OffsetReader, open_offset_reader, open_tail
from shared.runtime import Lifecycle, Task
from shared.tasks import all_of, first_of
from shared.waiting import Refresher, pause

log: Final = structlog.get_logger("gateway")

TICK_WATCH_SECONDS: Final = 0.5
PROGRESS_SECONDS: Final = 5.0
EMPTY_SECONDS: Final = 1.0
"""An empty table means that ingest has yet to fill it."""
SILENT: Final = metrics.gauge("gateway_analysis_silent_state", "1 while analysis stands still though ticks wait for it.")
CLOSE_SECONDS: Final = 5.0


@asynccontextmanager
async def build(settings: Settings, lifecycle: Lifecycle) -> AsyncIterator[Mapping[str, Task]]:
    """Open everything, answer requests inside the block, and yield the background tasks."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url, pool_size=8))
        back = {topics.QUOTES: None, topics.BARS: settings.tail, topics.INDICATORS: settings.tail, topics.SIGNALS: settings.tail}
        back |= {topics.INDUSTRIES: None, topics.PATTERNS: 0}  # the past of patterns is in the database
        tail = await stack.enter_async_context(open_tail(settings, back, "gateway", max_records=500))
        ends = await stack.enter_async_context(open_offset_reader(settings, topics.TICKS, "gateway-ends"))
        history = await stack.enter_async_context(open_history(database))
        gateway = wire(settings, history)
        feed = Feed(gateway.market, gateway.hub, live=lambda: tail.caught_up)
        flushers = {
            "flush": Flusher(gateway.hub, settings.flush_seconds),
            "flush test": Flusher(gateway.test_hub, settings.flush_seconds),
        }
        live = Streams(settings, gateway.hub, flushers["flush"])
        test = Streams(settings, gateway.test_hub, flushers["flush test"])
        doors = Doors(live, test, EventStreams(live))
        directory = Refresher(
            partial(read_directory, gateway, history),
            "instruments",
            lambda: settings.refresh_seconds if gateway.directory.instruments else EMPTY_SECONDS,
            lifecycle.stopping,
        )
        progress = Refresher(partial(measure_progress, gateway, history, ends), "progress", PROGRESS_SECONDS, lifecycle.stopping)
        sources = Refresher(partial(read_sources, gateway, history), "health of sources", PROGRESS_SECONDS, lifecycle.stopping)
        lifecycle.on_ready("topics read", lambda: tail.caught_up)
        lifecycle.on_ready("topics handled", lambda: not tail.held)
        lifecycle.on_alive("topics", lambda: tail.alive)
        lifecycle.on_ready("instruments read", lambda: directory.ever_succeeded)
        await stack.enter_async_context(serve(application(gateway, doors), doors, settings))
        yield {
            "topics": lambda: tail.run(feed.handle, lifecycle.stopping),
            "ticks": lambda: follow_ticks(settings, gateway, feed, lifecycle),
            "instruments": directory.run,
            "progress": progress.run,
            "sources": sources.run,
            "test stream": lambda: play(Fake(gateway.test_hub, random.Random(), gateway.clock), lifecycle),  # noqa: S311 - made-up prices
            **{name: partial(flusher.run, lifecycle.stopping.is_set) for name, flusher in flushers.items()},
        }


def wire(settings: Settings, history: TableHistory) -> Gateway:
    """The gateway's memory and streams, empty."""
    clock = now_ms
    gateway: Gateway

    def directory() -> Directory:
        return gateway.directory

    market = Market(settings.rows_per_series)
    hub, test_hub = new_hub(clock(), directory, settings.ring), new_hub(clock(), Directory, settings.ring)
    gateway = Gateway(settings, market, history, hub, test_hub, clock)
    return gateway


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def serve(app: web.Application, doors: Doors, settings: Settings) -> AsyncIterator[int]:
    """Listen; at the end send the streams away and close. Yields the port.

    Raises:
        OSError: the port is taken.
    """
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=CLOSE_SECONDS)
    await runner.setup()
    try:
        listening = await listen(cast("web.Server", runner.server), settings.host, settings.port)  # it is there after setup
        port: int = listening.sockets[0].getsockname()[1]
        log.info("the gateway listens", address=f"http://{settings.host}:{port}")
        try:
            yield port
        finally:
            listening.close()
            doors.events.close()
            async with asyncio.timeout(2 * CLOSE_SECONDS):
                await all_of(doors.live.close(), doors.test.close())
    finally:
        async with asyncio.timeout(2 * CLOSE_SECONDS):
            await runner.cleanup()


async def read_directory(gateway: Gateway, history: TableHistory) -> None:
    """Read instruments and industries; the last ones are kept where nothing has changed."""
    found = await history.directory(gateway.directory.version + 1)
    if replace(found, version=gateway.directory.version) != gateway.directory:
        gateway.directory = found


async def measure_progress(gateway: Gateway, history: TableHistory, ends: OffsetReader) -> None:
    """Measure how far analysis is with the log of ticks."""
    try:
        gateway.progress.measure(await ends.read(), await history.positions(), gateway.clock())
    except TransientError:
        gateway.progress.unknown()
        raise
    finally:
        SILENT.set(bool(gateway.progress.silent(gateway.market.heard, gateway.clock())))


async def read_sources(gateway: Gateway, history: TableHistory) -> None:
    """Read what ingest reports of its sources; what cannot be read grows old, and is then shown as unknown."""
    gateway.sources = await history.sources()


async def follow_ticks(settings: Settings, gateway: Gateway, feed: Feed, lifecycle: Lifecycle) -> None:
    """Read the log of ticks while somebody is subscribed to ticks, and only then."""
    live = Feed(feed.market, feed.hub, live=lambda: True)
    while not lifecycle.stopping.is_set():
        if not gateway.hub.wanted("t"):
            await pause(TICK_WATCH_SECONDS, lifecycle.stopping)
            continue
        try:
            async with open_tail(settings, {topics.TICKS: 0}, "gateway-ticks") as tail:
                await first_of("ticks", tail.run(live.handle, lifecycle.stopping), _until_unwanted(gateway, lifecycle))
        except TransientError as error:
            log.warning("ticks cannot be read", error=str(error))
            await pause(TICK_WATCH_SECONDS, lifecycle.stopping)


async def _until_unwanted(gateway: Gateway, lifecycle: Lifecycle) -> None:
    while gateway.hub.wanted("t") and not lifecycle.stopping.is_set():
        await pause(TICK_WATCH_SECONDS, lifecycle.stopping)


async def play(fake: Fake, lifecycle: Lifecycle) -> None:
    """Move the made-up market while anybody looks."""
    while not lifecycle.stopping.is_set():
        if fake.hub.readers:
            fake.step()
        await pause(SECONDS, lifecycle.stopping)
