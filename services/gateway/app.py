"""Builds the gateway: events from the topics go into memory, history comes from the tables, a web server answers."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Final, cast

import structlog
from aiohttp import web

from services.gateway.adapters.briefings import StoredBriefings
from services.gateway.adapters.datasets import StoredDatasets
from services.gateway.adapters.event_feed import EventFeed
from services.gateway.adapters.history import TableHistory, open_history
from services.gateway.adapters.keys import KeyTable
from services.gateway.adapters.open_files import allow_open_files
from services.gateway.adapters.owned import OwnedTables
from services.gateway.adapters.past_bars import PastBars
from services.gateway.adapters.research_jobs import StoredJobs
from services.gateway.adapters.shared_counts import SharedCounts
from services.gateway.adapters.stories import StoredStories
from services.gateway.domain.client_counts import ClientCounts, OwnCounts
from services.gateway.domain.hub import new_hub
from services.gateway.domain.instrument_directory import InstrumentDirectory
from services.gateway.domain.key_models import DAY_MS
from services.gateway.domain.market_memory import MarketMemory
from services.gateway.domain.restored_messages import RestoredMessages
from services.gateway.domain.service_states import GroupFinding, unread
from services.gateway.handlers.application import MIDDLEWARE, OpenStreams, application
from services.gateway.handlers.authentication import Authentication
from services.gateway.handlers.fake_market import STEP_SECONDS, FakeMarket
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.http_connection import listen
from services.gateway.handlers.research_requests import requested_job
from services.gateway.handlers.sending import Flusher
from services.gateway.handlers.server_sent_events import EventStreams
from services.gateway.handlers.web_sockets import WebSocketStreams
from services.gateway.settings import Settings
from shared import metrics, topics
from shared.db import open_database
from shared.events import RunJob
from shared.failures import TransientError
from shared.kafka import (
    GroupReader,
    JobClient,
    OffsetReader,
    Record,
    open_group_reader,
    open_offset_reader,
    open_producer,
    open_tail,
)
from shared.listening import listening
from shared.quality.stored_records import QualityRecords
from shared.run_files import RunReader, open_files
from shared.runtime import Lifecycle, Task
from shared.tasks import run_all, run_until_first
from shared.waiting import Refresher, pause

log: Final = structlog.get_logger("gateway")

TICK_WATCH_SECONDS: Final = 0.5
RECORDS_SECONDS: Final = 10.0
"""How often is looked whether there are newer records of past signals."""
PROGRESS_SECONDS: Final = 5.0
REJECTED: Final = (topics.QUARANTINE, *(topic.dead_letters for topic in topics.TOPICS))
"""Topics of messages that were not used as they came."""
READ_IN_GROUPS: Final = (topics.SIGNALS, topics.STORIES, topics.ARTICLES, topics.RESEARCH_JOBS)
"""Topics of which the committed offsets of a service say how much it has read."""
RESEARCH: Final = {topics.RESEARCH_RESULTS: 0, topics.RESEARCH_JOBS: 0}
"""Results, and the jobs that other processes ask for, from now on."""
REJECTED_SECONDS: Final = 15.0
PRUNE_SECONDS: Final = 3600.0
"""How often old entries of the audit log and old idempotency keys are deleted."""
IDEMPOTENCY_MS: Final = 86_400_000
"""How long an idempotency key is remembered."""
EMPTY_SECONDS: Final = 1.0
"""Pause between reads while the table is empty: ingest has not filled it yet."""
SILENT: Final = metrics.gauge("gateway_analysis_silent_state", "1 while analysis processes nothing although ticks wait for it.")
CLOSE_SECONDS: Final = 5.0
PARENT_SECONDS: Final = 0.5
"""How often one of several processes looks whether the first one still runs."""
RESUME_MS: Final = 900_000
"""How far before its start a gateway lets clients resume, in milliseconds."""
RESUMED_PER_PARTITION: Final = 2000
"""Patterns and stories of each partition that are read for them."""
RESTORE_PAUSE_SECONDS: Final = 0.05


@asynccontextmanager
async def build(settings: Settings, lifecycle: Lifecycle) -> AsyncIterator[Mapping[str, Task]]:
    """Open everything, answer requests inside the block, and yield the background tasks."""
    allow_open_files(settings.max_readers)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url, pool_size=8))
        tail_lengths = {
            topics.QUOTES: None,
            topics.BARS: settings.tail,
            topics.INDICATORS: settings.tail,
            topics.SIGNALS: settings.tail,
        }
        newest = min(settings.tail, RESUMED_PER_PARTITION)  # for clients that resume; older ones are read from the database
        tail_lengths |= {topics.INDUSTRIES: None, topics.PATTERNS: newest, topics.STORIES: newest}
        tail = await stack.enter_async_context(open_tail(settings, tail_lengths, "gateway", max_records=500))
        ends = await stack.enter_async_context(open_offset_reader(settings, [topics.TICKS], "gateway-ends"))
        rejected = await stack.enter_async_context(open_offset_reader(settings, REJECTED, "gateway-rejected"))
        unread_ends = await stack.enter_async_context(open_offset_reader(settings, READ_IN_GROUPS, "gateway-services"))
        groups = await stack.enter_async_context(open_group_reader(settings, "gateway-groups"))
        history = await stack.enter_async_context(open_history(database))
        gateway = wire(settings, history)
        producer = await stack.enter_async_context(open_producer(settings, "gateway"))
        results = await stack.enter_async_context(open_tail(settings, RESEARCH, "gateway-research"))
        records = QualityRecords(database)
        gateway.records = lambda: records.current
        gateway.research = gateway.computed.jobs = research = JobClient(producer)
        restored = RestoredMessages(gateway.clock() - RESUME_MS, settings.ring)
        feed = EventFeed(gateway.market, gateway.hub, live=lambda: tail.caught_up, restored=restored, live_from=gateway.clock())
        flushers = {
            "flush": Flusher(gateway.hub, settings.flush_seconds),
            "flush test": Flusher(gateway.test_hub, settings.flush_seconds),
        }
        live, test = (
            WebSocketStreams(settings, hub, flushers[name], gateway.authentication, gateway.clock, name=name)
            for hub, name in ((gateway.hub, "flush"), (gateway.test_hub, "flush test"))
        )
        streams = OpenStreams(live, test, EventStreams(live))
        directory = Refresher(
            partial(read_directory, gateway, history),
            "instruments",
            lambda: settings.refresh_seconds if gateway.directory.instruments else EMPTY_SECONDS,
            lifecycle.stopping,
        )
        progress = Refresher(partial(measure_progress, gateway, history, ends), "progress", PROGRESS_SECONDS, lifecycle.stopping)
        counting = Refresher(partial(count_rejected, gateway, rejected), "rejected", REJECTED_SECONDS, lifecycle.stopping)
        sources = Refresher(partial(read_sources, gateway, history), "source health", PROGRESS_SECONDS, lifecycle.stopping)
        services = Refresher(
            partial(watch_services, gateway, groups, unread_ends), "services", PROGRESS_SECONDS, lifecycle.stopping
        )
        pruning = Refresher(partial(prune, gateway), "old entries", PRUNE_SECONDS, lifecycle.stopping)
        quality = Refresher(records.read, "signal quality", RECORDS_SECONDS, lifecycle.stopping)
        lifecycle.on_ready("topics read", lambda: tail.caught_up)
        lifecycle.on_ready("topics handled", lambda: not tail.held)
        lifecycle.add_detail("kafka_answers", lambda: gateway.rejected is not None)
        lifecycle.on_alive("topics", lambda: tail.alive)
        lifecycle.on_alive("research results", lambda: results.alive)
        lifecycle.on_ready("instruments read", lambda: directory.ever_succeeded)
        await stack.enter_async_context(serve(application(gateway, streams), streams, settings))
        yield {
            "topics": lambda: tail.run(feed.handle_batch, lifecycle.stopping),
            "resuming": lambda: restore(streams, feed, restored, lambda: tail.caught_up, lifecycle),
            "ticks": lambda: follow_ticks(settings, gateway, feed, lifecycle),
            "research": lambda: results.run(partial(handle_research, gateway, research), lifecycle.stopping),
            "instruments": directory.run,
            "progress": progress.run,
            "rejected": counting.run,
            "sources": sources.run,
            "services": services.run,
            "signal quality": quality.run,
            "old entries": pruning.run,
            "test stream": lambda: run_test_market(FakeMarket(gateway.test_hub, random.Random(), gateway.clock), lifecycle),  # noqa: S311 - random test prices
            **({"parent": lambda: follow_parent(settings.gateway_parent, lifecycle)} if settings.gateway_parent else {}),
            **{name: partial(flusher.run, lifecycle.stopping.is_set) for name, flusher in flushers.items()},
        }


def wire(settings: Settings, history: TableHistory) -> Gateway:
    """A gateway with empty memory and no open streams."""
    clock = now_ms
    gateway: Gateway

    def directory() -> InstrumentDirectory:
        return gateway.directory

    market = MarketMemory(settings.rows_per_series)
    place = settings.gateway_process or 0, settings.gateway_processes
    hub = new_hub(clock(), directory, settings.ring, now_us, place)
    test_hub = new_hub(clock(), InstrumentDirectory, settings.ring, now_us, place)
    shared = settings.gateway_counts
    clients: ClientCounts = OwnCounts() if shared is None else SharedCounts(shared, place[0])
    keys = KeyTable(history.database)
    stored = (
        StoredDatasets(history.database),
        StoredJobs(history.database),
        StoredStories(history.database),
        StoredBriefings(history.database),
    )
    owned, past = OwnedTables(history.database), PastBars(history.connections)
    files, authentication = (
        RunReader(open_files(settings.research_artefacts), settings.research_seconds),
        Authentication(keys, settings, clients),
    )
    gateway = Gateway(settings, market, history, *stored, hub, test_hub, clock, keys, owned, files, authentication, past)
    return gateway


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def now_us() -> int:
    """Microseconds since the epoch."""
    return time.time_ns() // 1000


@asynccontextmanager
async def serve(app: web.Application, streams: OpenStreams, settings: Settings) -> AsyncIterator[int]:
    """Listen and yield the port; at the end close the open streams and the server.

    Raises:
        ListenError: the port is in use.
    """
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=CLOSE_SECONDS)
    await runner.setup()
    try:
        server, shared = cast("web.Server", runner.server), settings.gateway_processes > 1
        server.request_handler = cast("Any", app[MIDDLEWARE].around(app.router, server.request_handler))
        with listening(settings.host, settings.port, "HOST", "PORT"):
            listener = await listen(server, settings.host, settings.port, settings.idle_seconds, shared=shared)
        port: int = listener.sockets[0].getsockname()[1]
        log.info("gateway listening", address=f"http://{settings.host}:{port}")
        try:
            yield port
        finally:
            listener.close()
            streams.events.close()
            async with asyncio.timeout(2 * CLOSE_SECONDS):
                await run_all(streams.live.close(), streams.test.close())
    finally:
        async with asyncio.timeout(2 * CLOSE_SECONDS):
            await runner.cleanup()


async def read_directory(gateway: Gateway, history: TableHistory) -> None:
    """Read instruments and industries; keep the present object where nothing has changed, so that cached answers stay valid."""
    read = await history.directory(gateway.directory.version + 1)
    if replace(read, version=gateway.directory.version) != gateway.directory:
        gateway.directory = read


async def measure_progress(gateway: Gateway, history: TableHistory, ends: OffsetReader) -> None:
    """Measure how far analysis has read the tick topic."""
    try:
        ticks = (await ends.read())[topics.TICKS.name]
        gateway.progress.measure(ticks, await history.positions(), gateway.clock())
    except TransientError:
        gateway.progress.mark_unknown()
        raise
    finally:
        SILENT.set(bool(gateway.progress.is_silent(gateway.market.last_analysis_at, gateway.clock())))


async def handle_research(gateway: Gateway, research: JobClient, records: Sequence[Record[Any]]) -> None:
    """Give results to those who wait for them, and remember the runs that any process has asked for."""
    for record in records:
        if isinstance(record.event, RunJob):
            gateway.requested.add(requested_job(record.event))
    await research.handle([record for record in records if record.topic == topics.RESEARCH_RESULTS.name])


async def count_rejected(gateway: Gateway, rejected: OffsetReader) -> None:
    """Count the messages that quarantine and dead letters hold."""
    try:
        ranges = await rejected.read()
    except TransientError:
        gateway.rejected = None
        raise
    gateway.rejected = {name: sum(each.end - each.first for each in found.values()) for name, found in ranges.items()}


async def watch_services(gateway: Gateway, groups: GroupReader, ends: OffsetReader) -> None:
    """Find which services have members in their consumer groups, and how many messages wait for them."""
    watch = gateway.services
    wanted = [each for several in watch.groups.values() for each in several]
    try:
        found = await groups.read([each.name for each in wanted])
        logs = await ends.read()
    except TransientError:
        watch.mark_unknown()
        raise
    watch.store(
        {
            name: GroupFinding(
                found[name].members, None if topic is None else unread(logs.get(topic, {}), found[name].of_topic(topic))
            )
            for name, topic in wanted
            if name in found
        },
        gateway.clock(),
    )


async def read_sources(gateway: Gateway, history: TableHistory) -> None:
    """Read the health of the sources. Where the read fails, the last reports age and are then shown as unknown."""
    gateway.sources = await history.sources()


async def prune(gateway: Gateway) -> None:
    """Delete what is older than it is kept for."""
    now = gateway.clock()
    await gateway.keys.prune(now - gateway.settings.audit_days * DAY_MS, now - IDEMPOTENCY_MS, now)


async def restore(
    streams: OpenStreams, feed: EventFeed, restored: RestoredMessages, caught_up: Callable[[], bool], lifecycle: Lifecycle
) -> None:
    """Once the topics are read, keep the messages of before the start for clients that resume, and send the latest values.

    Runs until the end.
    """
    streams.test.restored.set()
    while not caught_up() and not lifecycle.stopping.is_set():
        await pause(RESTORE_PAUSE_SECONDS, lifecycle.stopping)
    if caught_up():
        streams.live.hub.restore(restored)
        streams.live.restored.set()
        restored.clear()
        await feed.publish_latest()
    await lifecycle.stopping.wait()


async def follow_ticks(settings: Settings, gateway: Gateway, feed: EventFeed, lifecycle: Lifecycle) -> None:
    """Read the tick topic while a client is subscribed to ticks, and only then."""
    live = EventFeed(feed.market, feed.hub, live=lambda: True)
    while not lifecycle.stopping.is_set():
        if not gateway.hub.is_subscribed("t"):
            await pause(TICK_WATCH_SECONDS, lifecycle.stopping)
            continue
        try:
            async with open_tail(settings, {topics.TICKS: 0}, "gateway-ticks") as tail:
                await run_until_first(
                    "ticks", tail.run(live.handle_batch, lifecycle.stopping), _until_unsubscribed(gateway, lifecycle)
                )
        except TransientError as error:
            log.warning("cannot read ticks", error=str(error))
            await pause(TICK_WATCH_SECONDS, lifecycle.stopping)


async def _until_unsubscribed(gateway: Gateway, lifecycle: Lifecycle) -> None:
    while gateway.hub.is_subscribed("t") and not lifecycle.stopping.is_set():
        await pause(TICK_WATCH_SECONDS, lifecycle.stopping)


async def follow_parent(parent: int | None, lifecycle: Lifecycle) -> None:
    """Return where the process that started this one has ended, which ends this one."""
    while os.getppid() == parent and not lifecycle.stopping.is_set():
        await pause(PARENT_SECONDS, lifecycle.stopping)


async def run_test_market(market: FakeMarket, lifecycle: Lifecycle) -> None:
    """Step the test market while a client is connected to it."""
    while not lifecycle.stopping.is_set():
        if market.hub.subscribers:
            market.step()
        await pause(STEP_SECONDS, lifecycle.stopping)
