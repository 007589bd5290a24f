"""Wires the news: the feeds with a live source, the articles of the tape with ``replay``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Final

import structlog

from services.ingest.adapters.clock import Clock, SystemClock
from services.ingest.adapters.feeds.feed_lines import read_feeds
from services.ingest.adapters.feeds.fetcher import FetchLimits, open_fetcher
from services.ingest.adapters.feeds.hosts import Hosts, PoliteFetcher
from services.ingest.adapters.feeds.pages import ArticlePages
from services.ingest.adapters.feeds.parser import ProcessFeedParser
from services.ingest.adapters.feeds.schedule import FeedSchedule
from services.ingest.adapters.feeds.tables import FeedTables
from services.ingest.domain.feeds.feed import Feed, Language
from services.ingest.domain.feeds.ports import ArticlePublisher
from services.ingest.domain.feeds.state import FeedState, disabled, first_try
from services.ingest.domain.universe import Universe
from services.ingest.handlers.feed_check import check_feed, chosen, listing
from services.ingest.handlers.feed_reader import FeedPorts, FeedReader
from services.ingest.settings import IngestSettings
from shared.db import Database
from shared.public_addresses import is_address, is_public
from shared.waiting import keep_trying

SPREAD_SECONDS: Final = 60.0
"""The feeds that are due at the start are read within this time, or within their interval if that is shorter."""
NO_CONTACT: Final = "its publisher refuses clients without a contact address: set NEWS_CONTACT"

log = structlog.get_logger("ingest.news")


def user_agent(settings: IngestSettings) -> str:
    """What feeds are told about this client."""
    return f"Finstage/1.0 ({settings.news_contact})" if settings.news_contact else "Finstage/1.0"


@dataclass(frozen=True)
class Reading:
    """What reading feeds and pages needs, opened."""

    documents: PoliteFetcher
    parser: ProcessFeedParser
    pages: ArticlePages | None


@asynccontextmanager
async def open_reading(settings: IngestSettings, clock: Clock) -> AsyncIterator[Reading]:
    """The connections and child processes of the feeds."""
    async with AsyncExitStack() as stack:
        allowed = is_address if settings.news_allow_private else is_public
        fetcher = await stack.enter_async_context(open_fetcher(user_agent(settings), FetchLimits(), allowed=allowed))
        documents = PoliteFetcher(fetcher, Hosts(settings.news_gap_seconds, clock))
        parser = ProcessFeedParser()
        stack.push_async_callback(parser.close)
        pages = ArticlePages(documents, clock) if settings.news_bodies else None
        if pages is not None:
            stack.push_async_callback(pages.close)
        yield Reading(documents, parser, pages)


class News:
    """The task that reads all feeds."""

    def __init__(
        self, settings: IngestSettings, universe: Universe, database: Database, clock: Clock, stopping: asyncio.Event
    ) -> None:
        """Raises FeedError."""
        _, self._feeds = read_feeds(settings.news_feeds, universe)
        self._settings = settings
        self._tables = FeedTables(database)
        self._clock = clock
        self._stopping = stopping
        self._random = Random()  # noqa: S311 - jitter

    async def run(self, publisher: ArticlePublisher) -> None:
        """Read the feeds until the process stops."""
        stored = await keep_trying(self._tables.states, "database", self._stopping)
        if stored is None:
            return
        known = [(feed, self._state(feed, stored)) for feed in self._feeds]
        await keep_trying(lambda: self._tables.register(known, self._clock.wall()), "database", self._stopping)
        read = [(feed, state) for feed, state in known if state.state != "disabled"]
        log.info("reading news feeds", feeds=len(read), disabled=[feed.id for feed, state in known if state.state == "disabled"])
        async with open_reading(self._settings, self._clock) as opened:
            ports = FeedPorts(opened.documents, opened.parser, self._tables, publisher, opened.pages, self._clock, self._stopping)
            reader = FeedReader(
                ports, {feed.id: state for feed, state in known}, {feed.id: feed.line for feed in self._feeds}, self._random
            )
            now = self._clock.wall()
            times = [
                (feed, first_try(state, now, self._random.random(), min(SPREAD_SECONDS, feed.seconds))) for feed, state in read
            ]
            await FeedSchedule(reader.read, reader.forget).run(times, self._stopping)

    def _state(self, feed: Feed, stored: dict[str, FeedState]) -> FeedState:
        state = stored.get(feed.id)
        if state is None or state.url != feed.url:
            state = FeedState(feed.id, feed.url)
        if feed.contact and not self._settings.news_contact:
            return disabled(state, feed, "no_contact", NO_CONTACT)
        return FeedState(feed.id, feed.url) if state.state == "disabled" else state


async def check_feeds(settings: IngestSettings, universe: Universe, target: str, language: Language) -> bool:
    """Read feeds once and print what they would publish; returns whether all could be read.

    Raises:
        FeedError: the file is wrong, or there is no such feed.
    """
    _, feeds = read_feeds(settings.news_feeds, universe)
    clock = SystemClock(asyncio.Event())
    every = True
    async with open_reading(settings, clock) as opened:
        for feed in chosen(target, feeds, language):
            if feed.contact and not settings.news_contact:
                readable, lines = False, [feed.id, f"  disabled: no_contact: {NO_CONTACT}"]
            else:
                readable, lines = await check_feed(feed, opened.documents, opened.parser, clock)
            every = every and readable
            print("\n".join(lines))  # noqa: T201 - the answer of a command
    return every


def list_feeds(settings: IngestSettings, universe: Universe) -> None:
    """Print the feeds of the file. Raises FeedError."""
    lines, feeds = read_feeds(settings.news_feeds, universe)
    print("\n".join(listing(lines, feeds, settings.news_contact)))  # noqa: T201 - the answer of a command
