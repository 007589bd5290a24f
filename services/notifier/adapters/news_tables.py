"""Reads the stories that analysis news stores."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import or_, select

from shared.db import Database
from shared.events import Story
from shared.tables import stories, story_labels
from shared.topics import STORIES
from shared.wire import WireError, decode

_log = structlog.get_logger(__name__)


class NewsTables:
    """``NewsStore`` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, labels: Sequence[tuple[str, str]], limit: int) -> list[Story]:
        wanted = select(stories.c.id, stories.c.body).order_by(stories.c.first_seen.desc(), stories.c.id.desc()).limit(limit)
        if labels:
            named = or_(*((story_labels.c.kind == kind) & (story_labels.c.name == name) for kind, name in labels))
            wanted = wanted.where(stories.c.id.in_(select(story_labels.c.story_id).where(named)))
        async with self._database.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        found = []
        for story_id, body in rows:
            try:
                found.append(decode(STORIES, body.encode()))
            except WireError as error:
                _log.warning("stored story not decoded", story=story_id, error=str(error))
        return found
