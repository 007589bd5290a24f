"""Articles of a tape are published beside its prices: in the tape's time, each once, and again with the same ids after a crash."""

from __future__ import annotations

import asyncio

import pytest

from services.ingest.adapters.clock import SystemClock
from services.ingest.adapters.cursor_table import CursorTable
from services.ingest.adapters.feeds.news_tape import read_news_tape
from services.ingest.handlers import news_replay
from services.ingest.handlers.news_replay import NewsReplay
from services.ingest.settings import IngestSettings
from shared.db import open_database
from shared.events import Article
from shared.kafka import open_producer
from shared.topics import ARTICLES
from tests.databases import on_sqlite
from tests.ingest.feeds.reading import Collected
from tests.ingest.kafka_log import read_log
from tests.servers import Broker
from tests.until import until

DEMO = read_news_tape(IngestSettings().tapes, "demo")


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news_replay, "CHECK_SECONDS", 0.01)


class Playing:
    """A news replay that runs, and the event time of the prices beside it."""

    def __init__(self, cursors: CursorTable, publisher: Collected) -> None:
        self.event_time: int | None = None
        self.looks = 0
        self._stopping = asyncio.Event()
        replay = NewsReplay("demo", DEMO, self._look, cursors, SystemClock(self._stopping), self._stopping)
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
        playing = Playing(CursorTable(database), collected)
        playing.event_time = DEMO[0].ts_init - 1
        await until(lambda: playing.looks >= 3)
        assert collected.articles == []
        playing.event_time = DEMO[9].ts_init
        await until(lambda: len(collected.articles) >= 10)
        assert collected.articles == list(DEMO[:10])
        await until(lambda: CursorTable(database).load("news:demo"))
        await playing.stop()

        again = Collected()
        playing = Playing(CursorTable(database), again)
        playing.event_time = DEMO[-1].ts_init
        await until(lambda: len(again.articles) >= len(DEMO) - 10)
        assert again.articles == list(DEMO[10:])
        await playing.stop()


@on_sqlite
async def test_the_articles_reach_kafka(database_url: str, kafka: Broker) -> None:
    settings = IngestSettings(kafka_bootstrap=kafka.bootstrap, database_url=database_url)
    stopping = asyncio.Event()
    async with open_database(database_url) as database, open_producer(settings, "test-news") as producer:
        cursors = CursorTable(database)
        replay = NewsReplay("demo", DEMO, lambda: DEMO[-1].ts_init, cursors, SystemClock(stopping), stopping)
        task = asyncio.create_task(replay.run(producer))
        await until(lambda: cursors.load("news:demo"), 30)
        stopping.set()
        await task
    found = [record for log in (await read_log(kafka.bootstrap, ARTICLES)).values() for record in log]
    events = {event.event_id: event for _, key, event in found if isinstance(event, Article) and key == event.id}
    assert {each.event_id: each for each in DEMO}.items() <= events.items()
