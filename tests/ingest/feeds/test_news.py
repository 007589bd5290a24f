"""The news task as a whole: it reads all feeds of its file at their times, and a restart goes on where it was."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from services.ingest.adapters.clock import SystemClock
from services.ingest.adapters.feeds.tables import FeedTables
from services.ingest.domain.feeds.state import FeedState
from services.ingest.domain.universe import Universe
from services.ingest.news import News
from services.ingest.settings import IngestSettings
from shared.db import Database, open_database
from tests.databases import on_mariadb
from tests.ingest.feeds.reading import Collected
from tests.ingest.feeds.server import Publishers, Reply, item, open_publishers, rss
from tests.until import until


def line(feed: str, url: str, **more: object) -> str:
    known = {"publisher": "A", "language": "en", "minutes": 60, "licence": "l", "shown": "s"}
    return json.dumps({"feed": feed, "url": url} | known | more)


async def states_until(database: Database, settings: IngestSettings, collected: Collected, done: str) -> dict[str, FeedState]:
    """Run the news until the feed ``done`` has been read; returns all states."""
    stopping, tables = asyncio.Event(), FeedTables(database)
    before = (await tables.states()).get(done)
    task = asyncio.create_task(News(settings, Universe((), ()), database, SystemClock(stopping), stopping).run(collected))

    async def read() -> bool:
        state = (await tables.states()).get(done)
        return state is not None and state.last_try is not None and state != before

    await until(read, 90)
    stopping.set()
    await task
    return await tables.states()


def files(publishers: Publishers, folder: Path, *lines: str) -> IngestSettings:
    path = folder / "feeds.jsonl"
    path.write_text("\n".join(lines))
    return IngestSettings(news_feeds=path, news_allow_private=True, news_gap_seconds=0)


@on_mariadb
async def test_feeds_are_read_at_their_times_and_a_restart_reads_only_what_is_due(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ingest.news.SPREAD_SECONDS", 0.5)
    async with open_publishers() as publishers, open_database(database_url) as database:
        one = line("one", publishers.serve("/one", Reply(rss(item("One", "https://a.example/1")))))
        secret = line("secret", publishers.serve("/secret", Reply(rss(item()))), contact=True)
        collected = Collected()
        states = await states_until(database, files(publishers, tmp_path, one, secret), collected, "one")
        assert (states["one"].state, [each.title for each in collected.take()]) == ("ok", ["One"])
        assert (states["secret"].state, states["secret"].reason, states["secret"].next_try) == ("disabled", "no_contact", None)
        assert publishers.asked("/secret") == []

        two = line("two", publishers.serve("/two", Reply(status=404)))
        states = await states_until(database, files(publishers, tmp_path, one, two), collected, "two")
        assert (states["two"].state, states["two"].reason) == ("failing", "not_found")
        assert set(states) == {"one", "two"}
        assert len(publishers.asked("/one")) == 1  # its next time has not come
        assert collected.take() == []

        moved = line("one", publishers.serve("/moved", Reply(rss(item("Moved", "https://a.example/2")))))
        await states_until(database, files(publishers, tmp_path, moved), collected, "one")
        assert [each.title for each in collected.take()] == ["Moved"]  # another address is read at once
