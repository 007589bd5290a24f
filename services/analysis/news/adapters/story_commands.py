"""What the commands ``news show`` and ``news split`` read and write."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import select

from shared.db import Database
from shared.events import Article, Story
from shared.tables import articles, stories, story_splits


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a story, and what brought it there."""

    article: Article
    nearest: str
    cosine: float | None


@dataclass(frozen=True, slots=True)
class SplitAnswer:
    """The outcome of a split; all empty while it waits."""

    new_story_id: str = ""
    error: str = ""


class StoryCommands:
    """Beside the role, which alone writes stories. All methods raise ``TransientError``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def story(self, story_id: str) -> tuple[Story, list[Member]] | None:
        """A story by its id with its articles."""
        a = articles.c
        async with self._database.connect() as connection:
            body = (await connection.execute(select(stories.c.body).where(stories.c.id == story_id))).scalar()
            rows = (await connection.execute(select(a.body, a.nearest, a.cosine).where(a.story_id == story_id))).all()
        if body is None:
            return None
        story = msgspec.json.decode(body, type=Story)
        order = {each.id: place for place, each in enumerate(story.articles)}
        members = [Member(msgspec.json.decode(row[0], type=Article), row[1], row[2]) for row in rows]
        return story, sorted(members, key=lambda each: order.get(each.article.id, len(order)))

    async def request_split(self, story_id: str, article_id: str, now: int) -> None:
        """Ask for a split, again if it was refused."""
        row = {
            "story_id": story_id,
            "article_id": article_id,
            "requested_at": now,
            "done_at": None,
            "new_story_id": "",
            "error": "",
        }
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(story_splits, [row]), [row])

    async def answer(self, story_id: str, article_id: str) -> SplitAnswer:
        """What became of it."""
        c = story_splits.c
        wanted = select(c.new_story_id, c.error).where(c.story_id == story_id, c.article_id == article_id)
        async with self._database.connect() as connection:
            row = (await connection.execute(wanted)).first()
        return SplitAnswer() if row is None else SplitAnswer(*row)
