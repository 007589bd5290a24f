"""Reads one feed: request, parse, publish what is new, remember it, and say when to read again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import msgspec
import structlog
from yarl import URL

from services.ingest.domain.clock import Clock
from services.ingest.domain.feeds.feed import Feed
from services.ingest.domain.feeds.memory import Comparison, compare
from services.ingest.domain.feeds.outcomes import Document, Failure, NotModified
from services.ingest.domain.feeds.ports import ArticlePublisher, Documents, FeedParser, FeedStore, Pages
from services.ingest.domain.feeds.state import FeedState, failed, succeeded
from services.ingest.handlers.feed_document import ReadDocument, read_document
from services.ingest.handlers.feed_metrics import pages as pages_read
from services.ingest.handlers.feed_metrics import record_read, record_reading, show_states
from shared.failures import classify
from shared.topics import ARTICLES
from shared.waiting import keep_trying

MOST_PAGES: Final = 20
"""Pages that are read for their text after one read of a feed."""

log = structlog.get_logger("ingest.feeds")


@dataclass(frozen=True)
class FeedPorts:
    """The outside of the reading of feeds."""

    documents: Documents
    parser: FeedParser
    store: FeedStore
    publisher: ArticlePublisher
    pages: Pages | None
    """None: the text of pages is not read."""
    clock: Clock
    stopping: asyncio.Event


class FeedReader:
    """Reads feeds. What one feed does has no effect on the others."""

    def __init__(self, ports: FeedPorts, states: Mapping[str, FeedState], lines: Mapping[str, str], random: Random) -> None:
        """``states``: the state of each feed; ``lines``: feed -> its line of the file."""
        self._ports = ports
        self._states = dict(states)
        self._lines = lines
        self._random = random

    async def read(self, feed: Feed) -> int | None:
        """Read a feed once; returns when to read it next (milliseconds), None when the process stops."""
        state = await self._attempt(feed, self._states[feed.id])
        if state is None:
            return None
        self._states[feed.id] = state
        record_read(feed, state)
        show_states(feed.line, (each for name, each in self._states.items() if self._lines[name] == feed.line))
        if state.state == "failing" and state.reason != "paused":
            log.warning("a feed cannot be read", feed=feed.id, reason=state.reason, detail=state.detail, failures=state.failures)
        now = self._ports.clock.wall()
        await keep_trying(lambda: self._ports.store.save(feed, state, now), "database", self._ports.stopping)
        return state.next_try

    async def forget(self) -> None:
        """Forget articles that no feed has had for a long time."""
        await keep_trying(lambda: self._ports.store.forget(self._ports.clock.wall()), "database", self._ports.stopping)

    async def _attempt(self, feed: Feed, state: FeedState) -> FeedState | None:
        try:
            outcome = await self._documents(feed, state)
        except Exception as error:
            if classify(error) != "dead-letter":
                raise
            log.exception("a feed was not understood", feed=feed.id)
            outcome = Failure("not_a_feed", f"{type(error).__name__}: {error}")
        now, chance = self._ports.clock.wall(), self._random.random()
        if isinstance(outcome, Failure):
            return failed(state, feed, now, outcome.reason, outcome.detail, outcome.retry_after, chance)
        if isinstance(outcome, NotModified):
            return succeeded(state, feed, now, 0, chance, None)
        if outcome is None:
            return None
        document, fresh = outcome
        return succeeded(state, feed, now, fresh, chance, (document.etag, document.modified))

    async def _documents(self, feed: Feed, state: FeedState) -> tuple[Document, int] | NotModified | Failure | None:
        """Request the document and publish what is new in it; None when the process stops."""
        ports = self._ports
        read = await read_document(feed, ports.documents, ports.parser, ports.clock, state.etag, state.modified)
        if not isinstance(read, ReadDocument):
            return read
        ids = {each.id for each in read.reading.articles}
        published = await keep_trying(lambda: ports.store.published(ids), "database", ports.stopping)
        if published is None:
            return None
        found = compare(read.reading.articles, published, ports.clock.wall())
        if not await self._publish(feed, found):
            return None
        record_reading(feed, read.reading, found)
        return read.document, len(found.fresh)

    async def _publish(self, feed: Feed, found: Comparison) -> bool:
        """Publish first, then remember: after a crash in between the same events are published again, and none is lost."""
        ports = self._ports
        fresh = [(each.id, each) for each in (await self._with_texts(feed, found)).fresh]
        if fresh and await keep_trying(lambda: ports.publisher.publish_many(ARTICLES, fresh), "broker", ports.stopping) is None:
            return False
        if fresh or found.touched:
            await keep_trying(lambda: ports.store.remember(found, ports.clock.wall()), "database", ports.stopping)
        return not ports.stopping.is_set()

    async def _with_texts(self, feed: Feed, found: Comparison) -> Comparison:
        pages = self._ports.pages
        if pages is None or not feed.body:
            return found
        articles = list(found.fresh)
        for i, article in enumerate(articles[:MOST_PAGES]):
            same_host = URL(article.url).host == URL(feed.url).host  # an entry may name any address
            text, outcome = await pages.text(article.url) if same_host else ("", "other_host")
            pages_read.labels(feed.line, outcome).inc()
            articles[i] = msgspec.structs.replace(article, body=text)
        return replace(found, fresh=tuple(articles))
