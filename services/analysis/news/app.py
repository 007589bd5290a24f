"""Wires analysis news: reads articles, makes stories, stores and publishes them."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Final

import structlog

from services.analysis.news.adapters.bar_closes import BarCloses
from services.analysis.news.adapters.embedder import Embedder
from services.analysis.news.adapters.old_news import OldNews
from services.analysis.news.adapters.story_enricher import StoryEnricher
from services.analysis.news.adapters.story_owner import StoryOwner
from services.analysis.news.adapters.story_tables import StoryTables
from services.analysis.news.domain.story_index import StoryIndex
from services.analysis.news.handlers.article_handler import ArticleHandler, StoryContext
from services.analysis.news.handlers.reaction_round import ReactionRound
from services.analysis.news.handlers.retention import NewsRetention
from services.analysis.news.handlers.splits import StorySplits
from services.analysis.news.handlers.story_publisher import StoryPublisher
from services.analysis.news.handlers.translations import StoryTranslations
from services.analysis.news.settings import NewsSettings
from services.analysis.news.translation.opening import open_translation
from shared.db import open_database
from shared.kafka import open_group_consumer, open_producer
from shared.kafka.group_consumer import GroupConsumer
from shared.runtime import Lifecycle, Task
from shared.topics import ARTICLES
from shared.waiting import Refresher, keep_trying, pause

log: Final = structlog.get_logger("analysis.news")
DATABASE_SECONDS: Final = 5.0
"""How often the database is checked for the readiness probe."""
WAIT_SECONDS: Final = 1.0
"""How often a process without the lease tries to get it."""
TRANSLATION_SECONDS: Final = 1.0
RETENTION_SECONDS: Final = 600.0
"""How often old articles and stories are removed."""
SWITCH_SECONDS: Final = 0.0005
"""How long a thread that computes may hold up the event loop; Python's own value is 5 ms."""


class WatchedSymbols:
    """The symbols on any watchlist, as last read."""

    def __init__(self, tables: StoryTables) -> None:
        self._tables = tables
        self.current: frozenset[str] = frozenset()

    async def read(self) -> None:
        """Read them. Raises TransientError."""
        self.current = await self._tables.watched()


@asynccontextmanager
async def build(settings: NewsSettings, lifecycle: Lifecycle) -> AsyncIterator[Mapping[str, Task]]:
    """Open everything, wire it, and yield the tasks."""
    sys.setswitchinterval(SWITCH_SECONDS)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url))
        producer = await stack.enter_async_context(open_producer(settings, "analysis-news"))
        embedder = Embedder()
        stack.push_async_callback(embedder.close)
        embedder.start()
        enricher = StoryEnricher(database)
        translator = await stack.enter_async_context(open_translation(settings, database, enricher.proper_names, now_ms))
        owner = StoryOwner(database, settings.news_lease_seconds, now_ms)
        tables = StoryTables(database, owner)
        watched = WatchedSymbols(tables)
        index, publisher = StoryIndex(settings.news_index_most), StoryPublisher(tables, producer)
        context = StoryContext(enricher, translator is not None, lambda: watched.current, now_ms)
        articles = ArticleHandler(tables, index, embedder, publisher, context)
        splits = StorySplits(tables, publisher, context, articles.moved)
        reactions = ReactionRound(tables, BarCloses(database), publisher, now_ms)
        retention = NewsRetention(OldNews(database, owner), publisher, settings.news_article_days, settings.news_story_days, now_ms)
        stopping = lifecycle.stopping
        working: list[GroupConsumer] = []
        watch = Refresher(database.ping, "database", DATABASE_SECONDS, stopping)
        lifecycle.on_ready("database answers", lambda: watch.healthy)
        lifecycle.on_ready("articles are read", lambda: not owner.owns or any(each.ready for each in working))
        lifecycle.on_alive("articles", lambda: all(each.alive for each in working))
        lifecycle.add_detail("writes stories", lambda: owner.owns)

        async def consume() -> None:
            """Wait for the lease, then read articles until the stop."""
            while not stopping.is_set() and not await keep_trying(owner.acquire, "lease", stopping):
                await pause(WAIT_SECONDS, stopping)
            await roster.wait_first_success()
            await keep_trying(partial(articles.restore, settings.news_index_most), "articles", stopping)
            if stopping.is_set():
                return
            async with open_group_consumer(
                settings, [ARTICLES], settings.news_group, producer, max_records=settings.news_batch
            ) as consumer:
                working.append(consumer)
                await consumer.run(articles.handle, stopping)
            await owner.release()

        roster = Refresher(enricher.read, "instruments", settings.news_roster_seconds, stopping)

        async def renew() -> None:
            if owner.owns:  # while the index is read and the group is joined, too
                await owner.renew()

        def while_working(action: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], Coroutine[Any, Any, None]]:
            async def act() -> None:
                if owner.owns and working:
                    await action()

            return act

        rounds = {
            "lease": Refresher(renew, "lease", settings.news_lease_seconds / 4, stopping),
            "instruments": roster,
            "watchlists": Refresher(watched.read, "watchlists", settings.news_watch_seconds, stopping),
            "reactions": Refresher(while_working(reactions.look), "reactions", settings.news_reaction_seconds, stopping),
            "splits": Refresher(while_working(splits.look), "splits", settings.news_command_seconds, stopping),
            "retention": Refresher(while_working(retention.look), "retention", RETENTION_SECONDS, stopping),
        }
        if translator is not None:
            translations = StoryTranslations(tables, publisher, translator, now_ms)
            rounds["translations"] = Refresher(while_working(translations.look), "translations", TRANSLATION_SECONDS, stopping)
        yield {"articles": consume, "database watch": watch.run, **{name: each.run for name, each in rounds.items()}}


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000
