"""Takes articles out of stories by command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import structlog

from services.analysis.news.domain.article_columns import IndexedArticle
from services.analysis.news.domain.stored import Split, StoredArticle, StoryStore
from services.analysis.news.domain.stories import story_id
from services.analysis.news.handlers import metrics
from services.analysis.news.handlers.article_handler import StoryContext
from services.analysis.news.handlers.story_publisher import StoryPublisher

log: Final = structlog.get_logger("analysis.news")


class StorySplits:
    """Does the splits that ``news split`` asked for."""

    def __init__(
        self,
        tables: StoryStore,
        publisher: StoryPublisher,
        context: StoryContext,
        moved: Callable[[str, IndexedArticle], None],
    ) -> None:
        """``moved`` is told the article and its new place."""
        self._tables = tables
        self._publisher = publisher
        self._context = context
        self._moved = moved

    async def look(self) -> None:
        """Do all splits that wait. Raises TransientError, FencedError."""
        for split in await self._tables.splits():
            async with self._publisher.lock:
                await self._publisher.flush()
                error = await self._do(split)
            if error:
                await self._tables.refuse(split, error)
            metrics.splits.labels("refused" if error else "done").inc()
            log.info("split", story=split.story_id, article=split.article_id, error=error)

    async def _do(self, split: Split) -> str:
        """Split; returns why it cannot be done, or nothing."""
        before = (await self._tables.stories([split.story_id])).get(split.story_id)
        if before is None:
            return f"there is no story {split.story_id}"
        members = {each.id: each for each in (await self._tables.members([split.story_id])).get(split.story_id, ())}
        if split.article_id not in members:
            return f"the story has no article {split.article_id}"
        if len(members) == 1:
            return "the story has only this article"
        order = {each.id: place for place, each in enumerate(before.articles)}
        rest = sorted((each for each in members.values() if each.id != split.article_id), key=lambda each: order[each.id])
        article, new_id = members[split.article_id], story_id(split.article_id, split=True)
        indexed = replace(await self._tables.indexed(article.id), story_id=new_id)
        smaller = await self._context.story(before.id, before, rest, (await self._tables.indexed(rest[0].id)).vector)
        fresh = await self._context.story(new_id, None, [article], indexed.vector, split_from=before.id)
        await self._publisher.store([StoredArticle(article, indexed)], [smaller, fresh], [split])
        self._moved(article.id, indexed)
        return ""
