"""Translates stories after they were published: a slow translator delays no story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import structlog

from services.analysis.news.domain.ports import Translator
from services.analysis.news.domain.stored import StoredStory, StoryStore
from services.analysis.news.domain.stories import with_translation
from services.analysis.news.handlers import metrics
from services.analysis.news.handlers.story_publisher import StoryPublisher

log: Final = structlog.get_logger("analysis.news")
AT_A_TIME: Final = 10
RETRY_MS: Final = (60_000, 600_000, 3_600_000, 6 * 3_600_000)
"""When a story is translated next after an attempt without a translation; after the last one it stays as it is."""


class StoryTranslations:
    """Translates the stories that are due."""

    def __init__(self, tables: StoryStore, publisher: StoryPublisher, translator: Translator, clock: Callable[[], int]) -> None:
        self._tables = tables
        self._publisher = publisher
        self._translator = translator
        self._clock = clock

    async def look(self) -> None:
        """Translate what is due. Raises TransientError, FencedError."""
        for due in await self._tables.due("translation_due", self._clock(), AT_A_TIME):
            await self._translate(due)

    async def _translate(self, due: StoredStory) -> None:
        story = due.story
        found = await self._translator.translate(story.title, story.summary, story.language)
        metrics.translations.labels("translated" if found else "none").inc()
        async with self._publisher.lock:
            await self._publisher.flush()
            newest = await self._tables.newest(story.id)
            if (newest.story.title, newest.story.summary) != (story.title, story.summary):
                return  # it has grown meanwhile, and is due again
            if found is None:
                tries = due.translation_tries
                at = self._clock() + RETRY_MS[tries] if tries < len(RETRY_MS) else None
                await self._tables.postpone("translation_due", {story.id: at}, {story.id: tries + 1})
                return
            translated = with_translation(newest.story, found, self._clock())
            await self._publisher.store([], [replace(newest, story=translated, translation_due=None)])
