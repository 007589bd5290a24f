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
from shared.kafka import Ends, Tail, open_ends, open_tail
from shared.runtime import Life, Task

log: Final = structlog.get_logger("gateway")

TICK_WATCH_SECONDS: Final = 0.5
PROGRESS_SECONDS: Final = 5.0
SILENT: Final = metrics.gauge("gateway_analysis_silent_state", "1 while analysis stands still though ticks wait for it.")
CLOSE_SECONDS: Final = 5.0


@asynccontextmanager
async def build(settings: Settings, life: Life) -> AsyncIterator[Mapping[str, Task]]:
    """Open everything, answer requests inside the block, and yield the background tasks."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url, pool_size=8))
        back = {topics.QUOTES: None, topics.BARS: settings.tail, topics.INDICATORS: settings.tail, topics.SIGNALS: settings.tail}
        back |= {topics.INDUSTRIES: None, topics.PATTERNS: 0}  # the past of patterns is in the database
        tail = await stack.enter_async_context(open_tail(settings, back, "gateway", max_records=500))
        ends = await stack.enter_async_context(open_ends(settings, topics.TICKS, "gateway-ends"))
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
        directory = Refresh(gateway, history, life)
        life.on_ready("topics read", lambda: tail.caught_up)
        life.on_alive("topics", lambda: tail.alive)
        life.on_ready("instruments read", lambda: directory.read)
        await stack.enter_async_context(serve(application(gateway, doors), doors, settings))
        yield {
            "topics": lambda: tail.run(feed.handle, life.stopping),
            "ticks": lambda: follow_ticks(settings, gateway, feed, life),
            "instruments": directory.run,
            "progress": lambda: follow_progress(gateway, history, ends, life),
            "test stream": lambda: play(Fake(gateway.test_hub, random.Random(), gateway.clock), life),  # noqa: S311 - made-up prices
            **{name: partial(flusher.run, life.stopping.is_set) for name, flusher in flushers.items()},
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
                await asyncio.gather(doors.live.close(), doors.test.close())
    finally:
        async with asyncio.timeout(2 * CLOSE_SECONDS):
            await runner.cleanup()


class Refresh:
    """Reads instruments and industries again and again; keeps the last ones when the database is away."""

    def __init__(self, gateway: Gateway, history: TableHistory, life: Life) -> None:
        self._gateway, self._history, self._life = gateway, history, life
        self.read = False

    async def run(self) -> None:
        """Until the process stops."""
        while not self._life.stopping.is_set():
            try:
                found = await self._history.directory(self._gateway.directory.version + 1)
            except TransientError as error:
                log.warning("instruments cannot be read; going on with those known", error=str(error))
                await pause(2.0, self._life.stopping)
                continue
            if replace(found, version=self._gateway.directory.version) != self._gateway.directory:
                self._gateway.directory = found
            self.read = True
            # an empty table means that ingest has yet to fill it: look again soon
            await pause(self._gateway.settings.refresh_seconds if found.instruments else 1.0, self._life.stopping)


async def follow_progress(gateway: Gateway, history: TableHistory, ends: Ends, life: Life) -> None:
    """Measure again and again how far analysis is with the log of ticks."""
    while not life.stopping.is_set():
        try:
            gateway.progress.measure(await ends.ask(), await history.positions(), gateway.clock())
        except TransientError as error:
            gateway.progress.unknown()
            log.info("how far analysis is cannot be asked", error=str(error))
        silent = gateway.progress.silent(gateway.market.heard, gateway.clock())
        SILENT.set(bool(silent))
        await pause(PROGRESS_SECONDS, life.stopping)


async def follow_ticks(settings: Settings, gateway: Gateway, feed: Feed, life: Life) -> None:
    """Read the log of ticks while somebody is subscribed to ticks, and only then."""
    while not life.stopping.is_set():
        if not gateway.hub.wanted("t"):
            await pause(TICK_WATCH_SECONDS, life.stopping)
            continue
        enough = asyncio.Event()
        watch = asyncio.create_task(_until_unwanted(gateway, life, enough), name="watch ticks")
        try:
            async with open_tail(settings, {topics.TICKS: 0}, "gateway-ticks") as tail:
                await _ticks(tail, feed, enough)
        except TransientError as error:
            log.warning("ticks cannot be read", error=str(error))
            await pause(TICK_WATCH_SECONDS, life.stopping)
        finally:
            enough.set()
            watch.cancel()


async def _ticks(tail: Tail, feed: Feed, enough: asyncio.Event) -> None:
    await tail.run(Feed(feed.market, feed.hub, live=lambda: True).handle, enough)


async def _until_unwanted(gateway: Gateway, life: Life, enough: asyncio.Event) -> None:
    while gateway.hub.wanted("t") and not life.stopping.is_set():
        await pause(TICK_WATCH_SECONDS, life.stopping)
    enough.set()


async def play(fake: Fake, life: Life) -> None:
    """Move the made-up market while anybody looks."""
    while not life.stopping.is_set():
        if fake.hub.readers:
            fake.step()
        await pause(SECONDS, life.stopping)


async def pause(seconds: float, stopping: asyncio.Event) -> None:
    """Wait, but not past the stop."""
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return
