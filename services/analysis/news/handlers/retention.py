"""Removes what is too old, in steps between which articles are handled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import structlog

from services.analysis.news.handlers import metrics
from services.analysis.news.handlers.story_publisher import StoryPublisher

log: Final = structlog.get_logger("analysis.news")
DAY_MS: Final = 86_400_000
MOST_STEPS: Final = 200
"""Of one look."""


class OldStore(Protocol):
    """Removes a few stories at a time. Both raise TransientError, FencedError."""

    async def remove_articles(self, age: int) -> int: ...

    async def remove_stories(self, before: int) -> int: ...


class NewsRetention:
    """Keeps articles and stories for some days."""

    def __init__(
        self, store: OldStore, publisher: StoryPublisher, article_days: int, story_days: int, clock: Callable[[], int]
    ) -> None:
        self._store = store
        self._publisher = publisher
        self._article_days = article_days
        self._story_days = story_days
        self._clock = clock

    async def look(self) -> None:
        """Remove what is too old. Raises TransientError, FencedError."""
        await self._steps("articles", lambda: self._store.remove_articles(self._article_days * DAY_MS))
        before = self._clock() - self._story_days * DAY_MS
        await self._steps("stories", lambda: self._store.remove_stories(before))

    async def _steps(self, what: str, step: Callable[[], Awaitable[int]]) -> None:
        total = 0
        for _ in range(MOST_STEPS):
            async with self._publisher.lock:  # no story grows meanwhile
                removed = await step()
            metrics.removed.labels(what).inc(removed)
            total += removed
            if not removed:
                break
        if total:
            log.info("old news removed", what=what, stories=total)
