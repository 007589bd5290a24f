"""The parts of the role on a real database, with a recording publisher and vectors that need no model."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.analysis.news.adapters.story_owner import StoryOwner
from services.analysis.news.adapters.story_tables import StoryTables
from services.analysis.news.domain.ports import FeedLinks
from services.analysis.news.domain.story_index import StoryIndex
from services.analysis.news.domain.wording import words
from services.analysis.news.handlers.article_handler import ArticleHandler, StoryContext
from services.analysis.news.handlers.splits import StorySplits
from services.analysis.news.handlers.story_publisher import StoryPublisher
from shared import wire
from shared.db import Database, open_database
from shared.events import Article, Story
from shared.failures import TransientError

START = 1_700_000_000_000
HOUR = 3_600_000


def article(number: int, title: str, *, minutes: int = 0, publisher: str = "", content: str = "", **more: Any) -> Article:
    """An article; ``number`` makes its id."""
    at = START + minutes * 60_000
    return Article(
        id=hashlib.sha256(f"article {number}".encode()).hexdigest()[:32],
        content=content or hashlib.sha256(title.encode()).hexdigest()[:32],
        feed="test",
        publisher=publisher or f"Publisher {number}",
        url=f"https://news.example/{number}",
        title=title,
        published=at,
        ts_event=at,
        **{"ts_init": at, "source": "feeds", "language": "ko" if any("가" <= c <= "힣" for c in title) else "en", **more},
    )


class LetterVectors:
    """Vectors of groups of three letters: titles with the same words are near."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        found = np.zeros((len(texts), 384), np.float32)
        for row, text in zip(found, texts, strict=True):
            spaced = words(text)
            for n in range(len(spaced) - 2):
                row[zlib.crc32(spaced[n : n + 3].encode()) % 384] += 1
        unit: NDArray[np.float32] = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return unit


@dataclass
class Log:
    """Stories as a broker would hold them."""

    stories: list[Story] = field(default_factory=list)
    fails: int = 0
    """How many times publishing fails next; every second failure has written the events."""

    async def publish_many(self, _: Any, events: Sequence[tuple[str, Story]]) -> None:
        if self.fails:
            self.fails -= 1
            if self.fails % 2:
                self.stories += [event for _, event in events]
            raise TransientError("no broker")
        self.stories += [event for _, event in events]


@dataclass
class Role:
    database: Database
    log: Log
    index: StoryIndex
    tables: StoryTables
    owner: StoryOwner
    publisher: StoryPublisher
    context: StoryContext
    articles: ArticleHandler
    splits: StorySplits

    async def handle(self, *articles: Article) -> None:
        await self.articles.handle([SimpleNamespace(event=each) for each in articles])  # type: ignore[misc]


@asynccontextmanager
async def role(
    url: str, log: Log, embedder: Any = None, enricher: Any = None, translates: bool = False, most: int = 1000
) -> AsyncIterator[Role]:
    """A role as a process starts: the lease taken, the index read."""
    async with open_database(url) as database:
        now = iter(range(START + 10 * HOUR, START + 1000 * HOUR))
        owner = StoryOwner(database, 60, lambda: START)
        assert await owner.acquire()
        tables, index = StoryTables(database, owner), StoryIndex(most)
        publisher = StoryPublisher(tables, log)
        context = StoryContext(enricher or FeedLinks(), translates, lambda: frozenset({"AAPL"}), lambda: next(now))
        articles = ArticleHandler(tables, index, embedder or LetterVectors(), publisher, context)
        await articles.restore(most)
        yield Role(
            database, log, index, tables, owner, publisher, context, articles,
            StorySplits(tables, publisher, context, articles.moved),
        )  # fmt: skip
        await owner.release()


def check(published: Sequence[Story], sent: Sequence[Article]) -> dict[str, Story]:
    """What must hold of a log of stories; returns the newest revision of each.

    Each article is in exactly one story; revisions follow each other without a gap; one revision has one content however often it
    was published; a story never loses an article, and keeps its first-seen time.
    """
    revisions: dict[str, dict[int, bytes]] = {}
    newest: dict[str, Story] = {}
    for story in published:
        body = wire.encode(story)
        mine = revisions.setdefault(story.id, {})
        assert mine.setdefault(story.revision, body) == body, f"two contents of revision {story.revision} of {story.id}"
        before = newest.get(story.id)
        if before is None or story.revision > before.revision:
            if before is not None:
                assert story.first_seen == before.first_seen
                assert {each.id for each in before.articles} <= {each.id for each in story.articles}
            newest[story.id] = story
    for id_, mine in revisions.items():
        assert sorted(mine) == list(range(1, len(mine) + 1)), f"story {id_} has revisions {sorted(mine)}"
    held = [each.id for story in newest.values() for each in story.articles]
    assert len(held) == len(set(held)), "an article is in two stories"
    assert set(held) == {each.id for each in sent}
    return newest
