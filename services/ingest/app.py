"""Where ingest is wired: universe, database, broker, and the one source that the settings name."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final, NoReturn

import structlog

from services.ingest.adapters.clock import SystemClock
from services.ingest.adapters.cursors import Cursors
from services.ingest.adapters.instruments import read_universe, store_universe
from services.ingest.adapters.live import LiveSource
from services.ingest.adapters.marks import check_database, claim_database, claim_kafka, sqlite_file
from services.ingest.adapters.replay import Pace, Replay
from services.ingest.adapters.source_health import report_health, store_health
from services.ingest.adapters.tapes import read_tape
from services.ingest.domain.clock import Clock
from services.ingest.domain.delays import DELAY_MS
from services.ingest.domain.freshness import Feeds
from services.ingest.domain.health import HealthRecord
from services.ingest.domain.holding import REPLAY, YAHOO, Holding
from services.ingest.domain.inspection import Inspector
from services.ingest.domain.score import Score, score_of
from services.ingest.domain.source import Source
from services.ingest.domain.tape import Tape, TapeError
from services.ingest.domain.universe import Universe, UniverseError
from services.ingest.handlers.publishing import Publisher
from services.ingest.settings import Settings
from shared.calendars import Sessions, read_corrections, sessions
from shared.corrections import CorrectionError
from shared.db import open_database
from shared.failures import SettingsError, TransientError
from shared.kafka import open_producer
from shared.migrations.command import current
from shared.runtime import Lifecycle, Task
from shared.settings import EXIT_BAD_SETTINGS
from shared.waiting import keep_trying

BESIDE: Final = dt.timedelta(days=4)
"""Days of calendar beyond the tape, so that its last week and its first session have neighbours."""
AROUND: Final = dt.timedelta(days=10)

log = structlog.get_logger("ingest")


@dataclass(frozen=True)
class Parts:
    """What every source is made from."""

    settings: Settings
    universe: Universe
    cursors: Cursors
    clock: Clock
    lifecycle: Lifecycle
    health: HealthRecord

    @property
    def stopping(self) -> asyncio.Event:
        """Set when the process is to stop."""
        return self.lifecycle.stopping


def check(settings: Settings) -> Holding:
    """See whether the files that the settings name can be read, before anything is opened; returns what prices they ask for.

    Raises:
        SystemExit: they cannot; a line on stderr says which and why.
    """
    try:
        universe = read_universe(settings.universe)
        read_corrections(settings.calendar_corrections)
        if settings.source != REPLAY:
            return Holding(settings.source)
        return Holding(REPLAY, settings.tape, read_tape(settings.tapes, settings.tape, universe).digest)
    except (UniverseError, TapeError, CorrectionError) as error:
        _refuse(error)


def check_stores(settings: Settings, wanted: Holding) -> None:
    """See whether the database, where there is one yet, may take these prices.

    Raises:
        SystemExit: it holds others; a line on stderr says which, and what helps.
    """
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        return
    try:
        asyncio.run(_check_database(settings, wanted))
    except SettingsError as error:
        _refuse(error)
    except TransientError as error:
        print(f"warning: what the database holds is not known yet: {error}", file=sys.stderr)  # noqa: T201 - before any log


async def _check_database(settings: Settings, wanted: Holding) -> None:
    if await current(settings.database_url) is None:  # no tables yet
        return
    async with open_database(settings.database_url) as database:
        await check_database(settings, Cursors(database), wanted)


def _refuse(error: Exception) -> NoReturn:
    print(f"error: {error}", file=sys.stderr)  # noqa: T201 - before any log
    sys.exit(EXIT_BAD_SETTINGS)


@asynccontextmanager
async def build(settings: Settings, lifecycle: Lifecycle) -> AsyncIterator[Mapping[str, Task]]:
    """Open what ingest needs and wire it.

    Raises:
        UniverseError: the file of instruments is wrong.
        TapeError: the tape cannot be played.
        SettingsError: the database or Kafka is for other prices.
        CorrectionError: the file of calendar corrections is wrong.
    """
    clock = SystemClock(lifecycle.stopping)
    universe = read_universe(settings.universe)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url))
        health = HealthRecord()
        parts = Parts(settings, universe, Cursors(database), clock, lifecycle, health)
        source, wanted = await stack.enter_async_context(SOURCES[settings.source](parts))
        await keep_trying(lambda: claim_database(settings, parts.cursors, wanted, clock.wall()), "database", lifecycle.stopping)
        await keep_trying(lambda: store_universe(database, universe), "database", lifecycle.stopping)
        producer = await keep_trying(
            lambda: stack.enter_async_context(open_producer(settings, "ingest")), "broker", lifecycle.stopping
        )
        await keep_trying(lambda: claim_kafka(settings, wanted), "broker", lifecycle.stopping)
        if producer is None or lifecycle.stopping.is_set():
            yield {}
            return
        currencies = {each.symbol: each.currency for each in universe.instruments}
        negative = frozenset(each.symbol for each in universe.instruments if each.negative)
        publisher = Publisher(producer, clock, lifecycle.stopping, Inspector(currencies, negative))
        lifecycle.on_ready("broker", lambda: publisher.healthy)
        log.info("ingest is set up", source=source.name, instruments=len(universe.instruments), industries=len(universe.industries))
        lifecycle.add_detail("sources", lambda: [asdict(each) for each in health.all()])
        yield {
            "publish": lambda: publisher.pump(source),
            "health": lambda: report_health(health.all, partial(store_health, database), clock, lifecycle.stopping),
        }


@asynccontextmanager
async def _replay(parts: Parts) -> AsyncIterator[tuple[Source, Holding]]:
    settings = parts.settings
    tape, score = await asyncio.to_thread(load, settings, parts.universe)
    wanted = tape.speed if settings.speed == "tape" else settings.speed
    speed = None if wanted == "max" or not wanted else float(wanted)
    log.info("a tape is played", tape=tape.name, title=tape.title, speed=speed or "max", items=len(score))
    replay = Replay(tape, score, Pace(speed, settings.longest_pause), parts.cursors, parts.clock, parts.stopping)
    yield replay, Holding(REPLAY, tape.name, tape.digest)


@asynccontextmanager
async def _yahoo(parts: Parts) -> AsyncIterator[tuple[Source, Holding]]:
    from services.ingest.adapters.yahoo.source import open_yahoo  # yfinance takes seconds: only who is live pays them

    settings = parts.settings
    exchanges = sorted({each.exchange for each in parts.universe.instruments})
    corrections = await asyncio.to_thread(read_corrections, settings.calendar_corrections)

    def calendars(today: dt.date) -> dict[str, Sessions]:
        return {exchange: sessions(exchange, today - AROUND, today + AROUND, corrections) for exchange in exchanges}

    async with open_yahoo(settings, parts.universe, parts.cursors, parts.clock, parts.stopping, parts.health) as source:
        feeds = Feeds({each.symbol: each.exchange for each in parts.universe.instruments}, int(settings.feed_stale_seconds * 1000))
        parts.lifecycle.add_detail("stale feeds", lambda: sorted(feeds.stale))
        parts.lifecycle.add_detail("calendars in doubt", lambda: sorted(source.off_hours.doubted))
        every, lag = settings.beat_seconds, settings.beat_lag
        live = LiveSource(source, calendars, parts.clock, parts.stopping, every=every, lag=lag, delays=DELAY_MS, feeds=feeds)
        yield live, Holding(YAHOO)


Opener = Callable[[Parts], AbstractAsyncContextManager[tuple[Source, Holding]]]
SOURCES: Final[Mapping[str, Opener]] = {REPLAY: _replay, YAHOO: _yahoo}
"""Setting ``SOURCE`` -> how that source is opened, and what its prices are."""


def load(settings: Settings, universe: Universe) -> tuple[Tape, Score]:
    """Read the tape of the settings and put it in order; takes a second or two. Raises ``TapeError``."""
    tape = read_tape(settings.tapes, settings.tape, universe)
    first, last = (dt.datetime.fromtimestamp(ts / 1000, tz=dt.UTC).date() for ts in (tape.start, tape.end))
    corrections = read_corrections(settings.calendar_corrections)
    return tape, score_of(tape, {each: sessions(each, first - BESIDE, last + BESIDE, corrections) for each in tape.exchanges})
