"""Publishes the articles of a tape when the tape of prices has reached their time."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from msgspec import structs

from services.ingest.domain.clock import Clock
from services.ingest.domain.cursor_store import CursorStore
from services.ingest.domain.data_origin import NEWS_CURSORS
from services.ingest.domain.feeds.memory import Comparison
from services.ingest.domain.feeds.news_tape import NewsTape
from services.ingest.domain.feeds.ports import ArticlePublisher, ReplayedFeeds
from services.ingest.domain.feeds.state import FeedState, played
from services.ingest.handlers.feed_metrics import entries, show_states
from shared.events import Article
from shared.topics import ARTICLES
from shared.waiting import keep_trying

CHECK_SECONDS: Final = 0.2

log = structlog.get_logger("ingest.news")


class NewsReplay:
    """Plays articles beside a tape of prices, from the saved position."""

    def __init__(
        self, tape: str, news: NewsTape, event_time: Callable[[], int | None], cursors: CursorStore, store: ReplayedFeeds,
        clock: Clock, stopping: asyncio.Event,
    ) -> None:  # fmt: skip
        """``event_time``: how far the tape of prices has been published, in milliseconds."""
        self._feeds = {each.id: each for each in news.feeds}
        self._states = {each.id: FeedState(each.id, each.url) for each in news.feeds}
        self._articles = news.articles
        self._times = [each.ts_init for each in news.articles]
        self._event_time = event_time
        self._cursors = cursors
        self._store = store
        self._cursor = f"{NEWS_CURSORS}{tape}"
        self._clock = clock
        self._stopping = stopping

    async def run(self, publisher: ArticlePublisher) -> None:
        """Publish until the process stops. After a crash the newest articles are published again, with the same ids."""
        saved = await keep_trying(self._restore, "database", self._stopping)
        await keep_trying(self._register, "database", self._stopping)
        place = bisect_right(self._times, saved or 0)
        while not self._stopping.is_set():
            reached = self._event_time() or 0
            due = self._articles[place : bisect_right(self._times, reached)]
            if due and await self._publish(publisher, due, reached):
                place += len(due)
            await self._clock.wait(CHECK_SECONDS)

    async def _publish(self, publisher: ArticlePublisher, due: Sequence[Article], reached: int) -> bool:
        events = [(each.id, each) for each in due]
        if await keep_trying(lambda: publisher.publish_many(ARTICLES, events), "broker", self._stopping) is None:
            return False
        for each in due:
            entries.labels(each.feed, "published").inc()
        log.info("published articles of the tape", articles=len(due))
        await keep_trying(lambda: self._cursors.save(self._cursor, str(reached), self._clock.wall()), "database", self._stopping)
        await keep_trying(lambda: self._note(due), "database", self._stopping)
        return True

    async def _restore(self) -> int:
        return int(await self._cursors.load(self._cursor) or 0)

    async def _register(self) -> None:
        """Show the feeds, with the state that they had before a restart."""
        self._states |= {name: state for name, state in (await self._store.states()).items() if name in self._states}
        await self._store.register([(feed, self._states[feed.id]) for feed in self._feeds.values()], self._clock.wall())

    async def _note(self, due: Sequence[Article]) -> None:
        """Store when the feeds had these articles: the time of this process, as for feeds that are read."""
        now = self._clock.wall()
        await self._store.remember(Comparison(tuple(structs.replace(each, ts_init=now) for each in due), 0, 0, ()), now)
        for name in {each.feed for each in due}:
            self._states[name] = played(self._states[name], now)
            await self._store.save(self._feeds[name], self._states[name], now)
            show_states(name, [self._states[name]])
