"""Removes old articles and stories, a few stories at a time."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, delete, exists, func, select

from services.analysis.news.adapters.story_owner import StoryOwner
from services.analysis.news.domain.resemblance import HOUR_MS, MOST_HOURS
from shared.db import Database
from shared.tables import articles, stories, story_history, story_labels, story_splits, story_vectors

AT_A_TIME: Final = 50
"""Stories of one transaction."""


class OldNews:
    """All methods raise ``TransientError`` when the database is not there, and ``FencedError``."""

    def __init__(self, database: Database, owner: StoryOwner) -> None:
        self._database = database
        self._owner = owner

    async def remove_articles(self, age: int) -> int:
        """Remove the articles of some stories that have got none for ``age`` milliseconds beyond the merging time.

        The age is measured from the newest article, as the index does. Returns how many stories lost theirs; 0: none is left.
        """
        async with self._database.begin() as connection:
            await self._owner.hold(connection)
            newest = (await connection.execute(select(func.max(articles.c.ts_event)))).scalar()
            if newest is None:
                return 0
            before = newest - MOST_HOURS * HOUR_MS - age
            later = articles.alias()
            grows = exists().where(later.c.story_id == articles.c.story_id, later.c.ts_init >= before)
            unpublished = exists().where(stories.c.id == articles.c.story_id, stories.c.pending)
            old = select(articles.c.story_id).where(
                articles.c.ts_event < before, ~grows, ~unpublished, ~_split_waits(articles.c.story_id)
            )
            ids = (await connection.execute(old.distinct().limit(AT_A_TIME))).scalars().all()
            await connection.execute(delete(articles).where(articles.c.story_id.in_(ids)))
        return len(ids)

    async def remove_stories(self, before: int) -> int:
        """Remove some stories that were first seen earlier and have no articles; returns how many."""
        has_articles = exists().where(articles.c.story_id == stories.c.id)
        old = select(stories.c.id).where(
            stories.c.first_seen < before, ~stories.c.pending, ~has_articles, ~_split_waits(stories.c.id)
        )
        async with self._database.begin() as connection:
            await self._owner.hold(connection)
            ids = (await connection.execute(old.order_by(stories.c.first_seen).limit(AT_A_TIME))).scalars().all()
            for table in (story_labels, story_history, story_vectors, story_splits):
                await connection.execute(delete(table).where(table.c.story_id.in_(ids)))
            await connection.execute(delete(stories).where(stories.c.id.in_(ids)))
        return len(ids)


def _split_waits(story_id: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(story_splits.c.story_id == story_id, story_splits.c.done_at.is_(None), story_splits.c.error == "")
