"""``python -m services.analysis news`` on a real broker and a real database, killed at random points."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from services.analysis.news.domain.stories import story_id
from shared import tables, wire
from shared.db import open_database
from shared.events import Article, Story
from shared.kafka import open_producer
from shared.kafka.raw_reader import open_raw_reader
from shared.settings import MeshSettings
from shared.topics import ARTICLES, STORIES
from tests.databases import on_mariadb
from tests.industries.test_role import instrument
from tests.news.labelled import headlines
from tests.news.parts import article, check
from tests.preloading.process import Process
from tests.servers import Broker
from tests.until import until

pytestmark = [pytest.mark.kill, pytest.mark.timeout(300)]


@dataclass
class Stage:
    bootstrap: str
    database_url: str
    folder: Path
    running: dict[str, Process] = field(default_factory=dict)

    @property
    def settings(self) -> MeshSettings:
        return MeshSettings(kafka_bootstrap=self.bootstrap)

    def environment(self) -> dict[str, str]:
        return {
            **os.environ, "KAFKA_BOOTSTRAP": self.bootstrap, "DATABASE_URL": self.database_url, "PROBE_PORT": "0",
            "NEWS_LEASE_SECONDS": "6", "NEWS_BATCH": "8", "KAFKA_SESSION_MS": "6000", "NEWS_COMMAND_SECONDS": "0.1",
        }  # fmt: skip

    def start(self, name: str) -> None:
        self.running[name] = Process(("services.analysis", "news"), self.environment(), self.folder / name)

    def text(self) -> str:
        return "\n".join((self.folder / name).read_text()[-4000:] for name in self.running)

    async def send(self, articles: Sequence[Article]) -> None:
        async with open_producer(self.settings, "test") as producer:
            await producer.publish_many(ARTICLES, [(each.id, each) for each in articles])

    async def send_raw(self, key: bytes, value: bytes) -> None:
        async with open_producer(self.settings, "test") as producer:
            await producer.publish_raw(ARTICLES.name, key, value, [])

    async def read(self, topic: str) -> list[Any]:
        async with open_raw_reader(self.settings, [topic], "test") as messages:
            return [message async for message in messages]

    async def published(self) -> list[Story]:
        return [wire.decode(STORIES, message.value) for message in await self.read(STORIES.name)]

    async def stored(self) -> int:
        async with open_database(self.database_url) as database, database.connect() as connection:
            return int((await connection.execute(select(func.count()).select_from(tables.articles))).scalar_one())

    async def pending(self) -> int:
        async with open_database(self.database_url) as database, database.connect() as connection:
            waiting = select(func.count()).select_from(tables.stories).where(tables.stories.c.pending)
            return int((await connection.execute(waiting)).scalar_one())

    async def until(self, condition: Any, what: str, seconds: float = 90) -> Any:
        try:
            return await until(condition, seconds, what)
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self.text()}") from error


@pytest.fixture
async def stage(own_kafka: Broker, database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    made = Stage(own_kafka.bootstrap, database_url, tmp_path)
    async with open_database(database_url) as database, database.begin() as connection:
        await connection.execute(insert(tables.instruments), [instrument("AAPL") | {"name_en": "Apple"}])
    yield made
    for process in made.running.values():
        if process.poll() is None:
            process.kill()
            process.wait()


def sample() -> list[Article]:
    """Headlines of 16 families, minutes apart, in an order in which events mix, with entries that change."""
    found = [each for each in headlines() if each.family <= 16]
    sent = [article(n, each.title, minutes=each.hours * 60 + n % 7) for n, each in enumerate(found)]
    random.Random(5).shuffle(sent)
    return sent


@pytest.mark.thorough
@on_mariadb
async def test_killed_at_random_points_no_article_is_lost_and_no_story_doubled(stage: Stage) -> None:
    sent, rng = sample(), random.Random(11)
    stage.start("one")
    stage.start("two")
    await stage.until(lambda: "writes stories" in stage.text() or '"event":"started"' in stage.text(), "a process starts")

    async def feed() -> None:
        for first in range(0, len(sent), 12):
            part = sent[first : first + 12]
            await stage.send([*part, *rng.sample(sent[: first + 12], 4)])  # some are delivered again
            await stage.send_raw(b"poison", rng.choice([b"{}", b"\xff", b'{"type": "article", "id": 1}']))
            await stage.send([article(10_000 + first, "t" * 301)])
            await asyncio.sleep(rng.uniform(0.05, 0.4))

    feeding = asyncio.create_task(feed(), name="feeding")
    for n in range(3):
        reached = (n + 1) * len(sent) // 5
        await stage.until(lambda reached=reached: _more(stage, reached), "articles are stored")
        await asyncio.sleep(rng.uniform(0, 0.3))  # the random point
        for name in rng.choice([("one",), ("two",), ("one", "two")]):
            stage.running[name].kill()
            await stage.running[name].ended()
            stage.start(name)
    await feeding
    await stage.until(lambda: _more(stage, len(sent)), "all articles are stored")
    await stage.until(lambda: _none(stage), "all revisions are published")
    newest = check(await stage.published(), sent)
    assert len(newest) < len(sent)
    assert max(each.revision for each in newest.values()) > 1
    dead = await stage.read(ARTICLES.dead_letters.name)
    assert len({message.value for message in dead}) >= 3 + len(sent) // 12
    for process in stage.running.values():
        process.terminate()
        assert await process.ended() == 0, stage.text()
    assert await stage.stored() == len(sent)


@on_mariadb
async def test_the_command_shows_and_splits_while_the_role_runs(stage: Stage) -> None:
    first, second = (article(n, "Fed cuts interest rates by a quarter point" + "!" * n, minutes=n) for n in range(2))
    stage.start("one")
    await stage.send([first])
    await stage.until(lambda: _more(stage, 1), "the first is stored")
    await stage.send([second])
    await stage.until(lambda: _more(stage, 2), "both are stored")
    story = story_id(first.id)

    async def run(*arguments: str) -> tuple[int, str]:
        log = stage.folder / f"command-{len(list(stage.folder.iterdir()))}"
        code = await Process(("services.analysis", "news", *arguments), stage.environment(), log).ended()
        return code, log.read_text()

    code, text = await run("show", story)
    assert (code, second.id in text, f"near {first.id}" in text) == (0, True, True), text
    code, text = await run("split", story, second.id)
    assert (code, text.strip()) == (0, story_id(second.id, split=True)), stage.text()
    assert await run("split", story, "0" * 32) == (1, f"error: the story has no article {'0' * 32}\n")
    found = {each.id: each for each in await stage.published()}
    assert [[each.id for each in found[id_].articles] for id_ in (story, text.strip())] == [[first.id], [second.id]]


async def _more(stage: Stage, count: int) -> bool:
    return await stage.stored() >= count


async def _none(stage: Stage) -> bool:
    return await stage.pending() == 0
