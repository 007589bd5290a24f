"""Reads stories of news from the tables that analysis news writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import Select, and_, or_, select

from services.gateway.domain.news import NewsFilter
from shared import tables
from shared.db import Database
from shared.events import Story

log: Final = structlog.get_logger("gateway.news")
_story: Final = msgspec.json.Decoder(Story).decode


@dataclass(frozen=True)
class StoredStories:
    """``domain.news.NewsStore`` on the tables."""

    database: Database

    async def newest(self, filter_: NewsFilter) -> list[Story]:
        """Stories that match, first seen last first. Raises TransientError."""
        async with self.database.connect() as connection:
            bodies = (await connection.execute(_matching(filter_))).scalars().all()
        found = []
        for body in bodies:
            try:
                found.append(_story(body))
            except msgspec.DecodeError as error:
                log.warning("cannot decode a stored story", error=str(error))
        return found

    async def one(self, story_id: str) -> Story | None:
        """A story by its id. Raises TransientError."""
        async with self.database.connect() as connection:
            body = (await connection.execute(select(tables.stories.c.body).where(tables.stories.c.id == story_id))).scalar()
        return None if body is None else _story(body)


def _matching(filter_: NewsFilter) -> Select[Any]:
    c, label = tables.stories.c, tables.story_labels.c
    statement = select(c.body).where(c.first_seen >= filter_.start, c.first_seen <= filter_.end)
    for kind, name in filter_.labels:
        named = (
            (label.kind == kind) & (label.name == name) & (label.first_seen >= filter_.start) & (label.first_seen <= filter_.end)
        )
        statement = statement.where(c.id.in_(select(label.story_id).where(named)))
    for column, value in ((c.category, filter_.category), (c.language, filter_.language)):
        if value is not None:
            statement = statement.where(column == value)
    if filter_.importance is not None:
        statement = statement.where(c.importance >= filter_.importance)
    for word in filter_.words:
        statement = statement.where(c.search.contains(word, autoescape=True))
    if filter_.before is not None:
        seen, last = filter_.before
        statement = statement.where(or_(c.first_seen < seen, and_(c.first_seen == seen, c.id < last)))
    return statement.order_by(c.first_seen.desc(), c.id.desc()).limit(filter_.limit)
