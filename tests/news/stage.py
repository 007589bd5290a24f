"""``python -m services.analysis news`` as tests run it: on a real broker and a real database."""

from __future__ import annotations

import inspect
import os
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from shared import tables, wire
from shared.db import open_database
from shared.events import Article, Story
from shared.failures import TransientError
from shared.kafka import open_producer
from shared.kafka.raw_reader import open_raw_reader
from shared.settings import MeshSettings
from shared.topics import ARTICLES, STORIES
from tests.industries.test_role import instrument
from tests.news.labelled import headlines
from tests.news.parts import article
from tests.preloading.process import Process
from tests.until import until


@dataclass
class Stage:
    bootstrap: str
    database_url: str
    folder: Path
    more: Mapping[str, str] = field(default_factory=dict)
    running: dict[str, Process] = field(default_factory=dict)

    @property
    def settings(self) -> MeshSettings:
        return MeshSettings(kafka_bootstrap=self.bootstrap)

    def environment(self) -> dict[str, str]:
        return {
            **os.environ, "KAFKA_BOOTSTRAP": self.bootstrap, "DATABASE_URL": self.database_url, "PROBE_PORT": "0",
            "NEWS_LEASE_SECONDS": "6", "NEWS_BATCH": "8", "KAFKA_SESSION_MS": "6000", "NEWS_COMMAND_SECONDS": "0.1",
            **self.more,
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

    async def until(self, condition: Callable[[], Any], what: str, seconds: float = 90) -> Any:
        """As ``tests.until.until``; while the database is away the answer is no."""

        async def found() -> Any:
            try:
                answer = condition()
                return await answer if inspect.isawaitable(answer) else answer
            except TransientError:
                return None

        try:
            return await until(found, seconds, what)
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self.text()}") from error

    async def has(self, count: int) -> bool:
        """``count`` articles are stored."""
        return await self.stored() >= count

    async def all_published(self, count: int) -> bool:
        """``count`` articles are stored, and every revision of their stories is published."""
        return await self.has(count) and await self.pending() == 0


@asynccontextmanager
async def open_stage(
    bootstrap: str, database_url: str, folder: Path, more: Mapping[str, str] | None = None
) -> AsyncIterator[Stage]:
    """A stage with one instrument; the processes that it started end with the block. ``more``: further settings."""
    made = Stage(bootstrap, database_url, folder, more or {})
    async with open_database(database_url) as database, database.begin() as connection:
        await connection.execute(insert(tables.instruments), [instrument("AAPL") | {"name_en": "Apple"}])
    try:
        yield made
    finally:
        for process in made.running.values():
            if process.poll() is None:
                process.kill()
                process.wait()


def sample() -> list[Article]:
    """Headlines of 16 families, minutes apart, in an order in which events mix."""
    found = [each for each in headlines() if each.family <= 16]
    sent = [article(n, each.title, minutes=each.hours * 60 + n % 7) for n, each in enumerate(found)]
    random.Random(5).shuffle(sent)
    return sent
