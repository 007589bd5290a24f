"""Reads feeds of the stand-in through the real parts; what is published is collected instead of sent to a broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from aiohttp.abc import AbstractResolver

from services.ingest.adapters.clock import SystemClock
from services.ingest.adapters.feeds.fetcher import FetchLimits, open_fetcher
from services.ingest.adapters.feeds.hosts import Hosts, PoliteFetcher
from services.ingest.adapters.feeds.pages import ArticlePages
from services.ingest.adapters.feeds.parser import ProcessFeedParser
from services.ingest.adapters.feeds.tables import FeedTables
from services.ingest.domain.feeds.feed import Feed, Language
from services.ingest.domain.feeds.state import FeedState
from services.ingest.handlers.feed_reader import FeedPorts, FeedReader
from shared.db import open_database
from shared.events import Article
from shared.failures import TransientError
from shared.metrics import REGISTRY
from shared.topics import ARTICLES

LIMITS = FetchLimits(seconds=20)


def loopback(address: str) -> bool:
    """The stand-in's address counts as public; every other one of this machine does not."""
    return address == "127.0.0.1"


def feed(url: str, name: str = "hostile", language: Language = "en", **more: Any) -> Feed:
    """A feed at this address."""
    return Feed(id=name, line=name, publisher="A", url=url, language=language, seconds=600.0, **more)


def count(metric: str, **labels: str) -> float:
    """The value of a counter; 0 before it was first counted."""
    return REGISTRY.get_sample_value(f"finstage_ingest_news_{metric}", labels) or 0.0


@dataclass
class Collected:
    """A broker's place: keeps what was acknowledged; the first ``failing`` calls fail."""

    articles: list[Article] = field(default_factory=list)
    failing: int = 0

    async def publish_many(self, topic: Any, events: Sequence[tuple[str, Any]]) -> list[int]:
        assert topic is ARTICLES
        if self.failing:
            self.failing -= 1
            raise TransientError("no broker")
        assert [key for key, _ in events] == [event.id for _, event in events]
        self.articles += [event for _, event in events]
        return [0] * len(events)

    def take(self) -> list[Article]:
        found, self.articles = self.articles, []
        return found


@dataclass
class Rig:
    """The real parts and the collector."""

    tables: FeedTables
    parser: ProcessFeedParser
    collected: Collected
    stopping: asyncio.Event
    documents: PoliteFetcher
    pages: ArticlePages

    async def read(self, *feeds: Feed, states: dict[str, FeedState] | None = None, bodies: bool = False) -> list[FeedState]:
        """Read feeds one after the other, as after a start; returns their states as stored."""
        clock = SystemClock(self.stopping)
        pages = self.pages if bodies else None
        ports = FeedPorts(self.documents, self.parser, self.tables, self.collected, pages, clock, self.stopping)
        known = await self.tables.states() if states is None else states
        reader = FeedReader(
            ports,
            {each.id: known.get(each.id, FeedState(each.id, each.url)) for each in feeds},
            {each.id: each.line for each in feeds},
            Random(1),
        )
        for each in feeds:
            assert await reader.read(each) is not None
        stored = await self.tables.states()
        return [stored[each.id] for each in feeds]


@asynccontextmanager
async def open_rig(
    database_url: str,
    limits: FetchLimits = LIMITS,
    resolver: AbstractResolver | None = None,
    allowed: Callable[[str], bool] = loopback,
    pause_seconds: float = 0.0,
) -> AsyncIterator[Rig]:
    """Everything on a migrated database."""
    stopping = asyncio.Event()
    clock = SystemClock(stopping)
    async with open_database(database_url) as database, open_fetcher("Finstage/test", limits, resolver, allowed) as fetcher:
        documents = PoliteFetcher(fetcher, Hosts(0.0, clock, pause_seconds))
        parser, pages = ProcessFeedParser(), ArticlePages(documents, clock)
        try:
            yield Rig(FeedTables(database), parser, Collected(), stopping, documents, pages)
        finally:
            await parser.close()
            await pages.close()
