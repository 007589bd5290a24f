"""Wires ingest: universe, database, broker, and the one source that the settings name."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final

import structlog

from services.ingest.adapters.clock import SystemClock
from services.ingest.adapters.cursor_table import CursorTable
from services.ingest.adapters.feeds.news_tape import read_news_tape
from services.ingest.adapters.feeds.tables import FeedTables
from services.ingest.adapters.heartbeat_source import LiveSource
from services.ingest.adapters.instruments import read_universe, store_universe
from services.ingest.adapters.kafka_origin import claim_kafka
from services.ingest.adapters.origin_marks import claim_database
from services.ingest.adapters.replay import PlaybackSpeed, Replay
from services.ingest.adapters.source_health import report_health, store_health
from services.ingest.adapters.tapes import read_tape
from services.ingest.domain.clock import Clock
from services.ingest.domain.data_origin import REPLAY, YAHOO, DataOrigin
from services.ingest.domain.exchange_delays import DELAY_MS
from services.ingest.domain.feeds.news_tape import NewsTape
from services.ingest.domain.feeds.ports import ArticlePublisher
from services.ingest.domain.freshness import StaleFeeds
from services.ingest.domain.health import ProviderHealth
from services.ingest.domain.inspector import Inspector
from services.ingest.domain.source import Backfill, Source
from services.ingest.domain.tape import Tape
from services.ingest.domain.tape_backfills import backfills
from services.ingest.domain.tape_schedule import Schedule, schedule_of
from services.ingest.domain.universe import Universe
from services.ingest.handlers.news_replay import NewsReplay
from services.ingest.handlers.publishing import SourcePublisher
from services.ingest.news import News
from services.ingest.settings import IngestSettings
from shared.calendars import Sessions, read_corrections, sessions
from shared.db import Database, open_database
from shared.kafka import open_producer
from shared.runtime import Lifecycle, Task
from shared.waiting import keep_trying

TAPE_CALENDAR_MARGIN: Final = dt.timedelta(days=4)
"""Days of calendar before and after the tape, so that its first session has one before it."""
LIVE_CALENDAR_MARGIN: Final = dt.timedelta(days=10)

log = structlog.get_logger("ingest")


@dataclass(frozen=True)
class SourceParts:
    """The dependencies of a source."""

    settings: IngestSettings
    universe: Universe
    database: Database
    cursors: CursorTable
    clock: Clock
    lifecycle: Lifecycle
    health: ProviderHealth

    @property
    def stopping(self) -> asyncio.Event:
        """Set when the process is to stop."""
        return self.lifecycle.stopping


@dataclass(frozen=True)
class OpenSource:
    """A source of prices, and the news beside it."""

    prices: Source
    origin: DataOrigin
    news: Callable[[ArticlePublisher], Awaitable[None]] | None
    """Publishes news until the process stops; None without ``NEWS``."""


@asynccontextmanager
async def build(settings: IngestSettings, lifecycle: Lifecycle) -> AsyncIterator[Mapping[str, Task]]:
    """Open the connections of ingest and return its tasks.

    Raises:
        UniverseError: the file of instruments is wrong.
        TapeError: the tape cannot be played.
        SettingsError: the database or Kafka holds prices of another origin.
        CorrectionError: the file of calendar corrections is wrong.
        FeedError: the file of news feeds is wrong.
        NewsTapeError: the articles of the tape cannot be played.
    """
    clock = SystemClock(lifecycle.stopping)
    universe = read_universe(settings.universe)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url))
        health = ProviderHealth()
        parts = SourceParts(settings, universe, database, CursorTable(database), clock, lifecycle, health)
        opened = await stack.enter_async_context(SOURCES[settings.source](parts))
        source, origin = opened.prices, opened.origin
        await keep_trying(lambda: claim_database(settings, parts.cursors, origin, clock.wall()), "database", lifecycle.stopping)
        await keep_trying(lambda: store_universe(database, universe), "database", lifecycle.stopping)
        producer = await keep_trying(
            lambda: stack.enter_async_context(open_producer(settings, "ingest")), "broker", lifecycle.stopping
        )
        await keep_trying(lambda: claim_kafka(settings, origin), "broker", lifecycle.stopping)
        if producer is None or lifecycle.stopping.is_set():
            yield {}
            return
        currencies = {each.symbol: each.currency for each in universe.instruments}
        negative = frozenset(each.symbol for each in universe.instruments if each.negative)
        publisher = SourcePublisher(producer, clock, lifecycle.stopping, Inspector(currencies, negative))
        lifecycle.on_ready("broker", lambda: publisher.healthy)
        log.info("ingest is ready", source=source.name, instruments=len(universe.instruments), industries=len(universe.industries))
        lifecycle.add_detail("sources", lambda: [asdict(each) for each in health.all()])
        tasks: dict[str, Task] = {
            "publish": lambda: publisher.publish_all(source),
            "health": lambda: report_health(health.all, partial(store_health, database), clock, lifecycle.stopping),
        }
        if opened.news is not None:
            tasks["news"] = partial(opened.news, producer)
        yield tasks


@asynccontextmanager
async def _replay(parts: SourceParts) -> AsyncIterator[OpenSource]:
    settings = parts.settings
    tape, history, schedule = await asyncio.to_thread(load, settings, parts.universe)
    chosen = tape.speed if settings.speed == "tape" else settings.speed
    speed = None if chosen == "max" or not chosen else float(chosen)
    log.info("playing a tape", tape=tape.name, title=tape.title, speed=speed or "max", items=len(schedule))
    replay = Replay(
        tape, history, schedule, PlaybackSpeed(speed, settings.longest_pause), parts.cursors, parts.clock, parts.stopping
    )
    played = await asyncio.to_thread(read_news_tape, settings.tapes, tape.name) if settings.news else NewsTape()
    store = FeedTables(parts.database)
    news = NewsReplay(tape.name, played, lambda: replay.event_time, parts.cursors, store, parts.clock, parts.stopping)
    yield OpenSource(replay, DataOrigin(REPLAY, tape.name, tape.digest), news.run if played.articles else None)


@asynccontextmanager
async def _yahoo(parts: SourceParts) -> AsyncIterator[OpenSource]:
    from services.ingest.adapters.yahoo.source import open_yahoo  # importing yfinance takes seconds

    settings = parts.settings
    exchanges = sorted({each.exchange for each in parts.universe.instruments})
    corrections = await asyncio.to_thread(read_corrections, settings.calendar_corrections, settings.session_files)

    def calendars(today: dt.date) -> dict[str, Sessions]:
        return {
            exchange: sessions(
                exchange, today - LIVE_CALENDAR_MARGIN, today + LIVE_CALENDAR_MARGIN, corrections, settings.session_files
            )
            for exchange in exchanges
        }

    async with open_yahoo(settings, parts.universe, parts.cursors, parts.clock, parts.stopping, parts.health) as source:
        feeds = StaleFeeds(
            {each.symbol: each.exchange for each in parts.universe.instruments}, int(settings.feed_stale_seconds * 1000)
        )
        parts.lifecycle.add_detail("stale feeds", lambda: sorted(feeds.stale))
        parts.lifecycle.add_detail("calendars in doubt", lambda: sorted(source.off_hours.in_doubt))
        every, lag = settings.beat_seconds, settings.beat_lag
        live = LiveSource(source, calendars, parts.clock, parts.stopping, every=every, lag=lag, delays=DELAY_MS, feeds=feeds)
        news = News(settings, parts.universe, parts.database, parts.clock, parts.stopping) if settings.news else None
        yield OpenSource(live, DataOrigin(YAHOO), news.run if news else None)


Opener = Callable[[SourceParts], AbstractAsyncContextManager[OpenSource]]
SOURCES: Final[Mapping[str, Opener]] = {REPLAY: _replay, YAHOO: _yahoo}
"""Setting ``SOURCE`` -> context manager that opens the source, with the origin of its prices and its news."""


def load(settings: IngestSettings, universe: Universe) -> tuple[Tape, tuple[Backfill, ...], Schedule]:
    """Read the tape named in the settings and make its history and schedule; takes seconds. Raises ``TapeError``."""
    tape = read_tape(settings.tapes, settings.tape, universe)
    first, last = (dt.datetime.fromtimestamp(ts / 1000, tz=dt.UTC).date() for ts in (tape.first, tape.end))
    corrections = read_corrections(settings.calendar_corrections, settings.session_files)
    exchanges = {*tape.exchanges, *(each.exchange for each in tape.history)}
    calendars = {
        each: sessions(each, first - TAPE_CALENDAR_MARGIN, last + TAPE_CALENDAR_MARGIN, corrections, settings.session_files)
        for each in sorted(exchanges)
    }
    return tape, backfills(tape, calendars), schedule_of(tape, calendars)
