"""Publishes the revisions of stories: each is stored first, so that none is lost, and published before the next one is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final, Protocol

import structlog

from services.analysis.news.domain.stored import Split, StoredArticle, StoredStory, StoryStore
from services.analysis.news.handlers import metrics
from shared.events import Story
from shared.topics import STORIES, Topic

log: Final = structlog.get_logger("analysis.news")


class EventPublisher(Protocol):
    """The method of a producer that is used."""

    async def publish_many(self, topic: Topic[Story], events: Sequence[tuple[str, Story]]) -> Any: ...


class StoryPublisher:
    """The one way to change stories: with ``lock`` held, ``flush``, read, ``store``."""

    def __init__(self, tables: StoryStore, publisher: EventPublisher) -> None:
        self._tables = tables
        self._publisher = publisher
        self._all_published = False
        self.lock = asyncio.Lock()

    async def flush(self) -> None:
        """Publish the revisions that may not be on the topic: of an earlier process, or of an attempt that failed.

        Raises:
            TransientError: broker or database are not available; no new revision may be stored.
        """
        while not self._all_published:
            waiting = await self._tables.pending()
            await self._publish(waiting)
            self._all_published = not waiting

    async def store(self, articles: Sequence[StoredArticle], changed: Sequence[StoredStory], done: Sequence[Split] = ()) -> None:
        """Store, then publish. Raises TransientError, FencedError; what was stored is published by the next ``flush``."""
        self._all_published = False
        await self._tables.save(articles, changed, done)
        await self._publish([each.story for each in changed])
        self._all_published = True

    async def _publish(self, stories: Sequence[Story]) -> None:
        if not stories:
            return
        await self._publisher.publish_many(STORIES, [(each.id, each) for each in stories])
        await self._tables.published(stories)
        metrics.published.inc(len(stories))
        metrics.event_time.set(max(each.ts_event for each in stories) / 1000)
