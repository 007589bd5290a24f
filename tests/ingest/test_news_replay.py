"""Articles of a tape are published beside its prices: in the tape's time, each once, and again with the same ids after a crash."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select

from services.ingest.adapters.clock import SystemClock
from services.ingest.adapters.cursor_table import CursorTable
from services.ingest.adapters.feeds.news_tape import read_news_tape
from services.ingest.adapters.feeds.tables import FeedTables
from services.ingest.handlers import news_replay
from services.ingest.handlers.news_replay import NewsReplay
from services.ingest.settings import IngestSettings
from shared import tables
from shared.db import Database, open_database
from shared.events import Article
from shared.kafka import open_producer
from shared.topics import ARTICLES
from tests.databases import on_sqlite
from tests.ingest.feeds.reading import Collected
from tests.ingest.kafka_log import read_log
from tests.servers import Broker
from tests.until import until

TAPE = read_news_tape(IngestSettings().tapes, "demo")
DEMO = TAPE.articles


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news_replay, "CHECK_SECONDS", 0.01)


class Playing:
    """A news replay that runs, and the event time of the prices beside it."""

    def __init__(self, database: Database, publisher: Collected) -> None:
        self.event_time: int | None = None
        self.looks = 0
        self._stopping = asyncio.Event()
        cursors, store = CursorTable(database), FeedTables(database)
        replay = NewsReplay("demo", TAPE, self._look, cursors, store, SystemClock(self._stopping), self._stopping)
        self._task = asyncio.create_task(replay.run(publisher))

    def _look(self) -> int | None:
        self.looks += 1
        return self.event_time

    async def stop(self) -> None:
        self._stopping.set()
        await self._task


@on_sqlite
async def test_an_article_appears_when_the_prices_have_reached_its_time(database_url: str) -> None:
    async with open_database(database_url) as database:
        collected = Collected(failing=1)
        playing = Playing(database, collected)
        playing.event_time = DEMO[0].ts_init - 1
        await until(lambda: playing.looks >= 3)
        assert collected.articles == []
        playing.event_time = DEMO[9].ts_init
        await until(lambda: len(collected.articles) >= 10)
        assert collected.articles == list(DEMO[:10])
        await until(lambda: CursorTable(database).load("news:demo"))
        await playing.stop()

        again = Collected()
        playing = Playing(database, again)
        playing.event_time = DEMO[-1].ts_init
        await until(lambda: len(again.articles) >= len(DEMO) - 10)
        assert again.articles == list(DEMO[10:])
        await playing.stop()


@on_sqlite
async def test_the_feeds_of_a_tape_are_listed_as_samples_with_what_they_had(database_url: str) -> None:
    async def rows() -> dict[str, tuple[str, bool, bool, int]]:
        async with database.connect() as connection:
            listed = (await connection.execute(select(tables.feeds))).all()
            seen = (await connection.execute(select(tables.feed_articles.c.feed, tables.feed_articles.c.first_at))).all()
        recent = [feed for feed, at in seen if at > time.time_ns() // 1_000_000 - 60_000]
        return {row.feed: (row.state, row.replayed, row.last_article is not None, recent.count(row.feed)) for row in listed}

    async with open_database(database_url) as database:
        playing = Playing(database, Collected())
        found = await until(rows)
        assert found == {each.id: ("new", True, False, 0) for each in TAPE.feeds}
        playing.event_time = DEMO[9].ts_init
        played = Counter(each.feed for each in DEMO[:10])
        assert 0 < len(played) < len(TAPE.feeds)
        await until(lambda: _all_noted(rows, played))
        await playing.stop()
        playing = Playing(database, Collected())  # a restart keeps what is known
        await until(lambda: playing.looks >= 3)
        assert await _all_noted(rows, played)
        await playing.stop()


async def _all_noted(rows: Callable[[], Awaitable[dict[str, tuple[str, bool, bool, int]]]], played: Counter[str]) -> bool:
    return await rows() == {
        each.id: ("ok", True, True, played[each.id]) if each.id in played else ("new", True, False, 0) for each in TAPE.feeds
    }


@on_sqlite
async def test_the_articles_reach_kafka(database_url: str, kafka: Broker) -> None:
    settings = IngestSettings(kafka_bootstrap=kafka.bootstrap, database_url=database_url)
    stopping = asyncio.Event()
    async with open_database(database_url) as database, open_producer(settings, "test-news") as producer:
        cursors = CursorTable(database)
        store, clock = FeedTables(database), SystemClock(stopping)
        replay = NewsReplay("demo", TAPE, lambda: DEMO[-1].ts_init, cursors, store, clock, stopping)
        task = asyncio.create_task(replay.run(producer))
        await until(lambda: cursors.load("news:demo"), 30)
        stopping.set()
        await task
    found = [record for log in (await read_log(kafka.bootstrap, ARTICLES)).values() for record in log]
    events = {event.event_id: event for _, key, event in found if isinstance(event, Article) and key == event.id}
    assert {each.event_id: each for each in DEMO}.items() <= events.items()
