"""Reads what was known of stories from their history."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import numpy as np
from sqlalchemy import func, select

from services.analysis.research.domain.data_request import DataRequestError
from services.analysis.research.domain.news_history import NEWS_RECORD, NewsHistory, NewsRecords
from shared.db import Database
from shared.tables import story_history

MOST_RECORDS: Final = 500_000
"""Of one instrument or of its industries."""
SECONDS: Final = 60.0


class StoredNews:
    """The table, read only. All methods raise ``TransientError`` when the database is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def history(self, symbol: str, industries: Collection[str], until: int) -> NewsHistory:
        """What was known by ``until``, milliseconds since the epoch. Raises DataRequestError."""
        async with self._database.connect(seconds=SECONDS) as connection:
            since = (await connection.execute(select(func.min(story_history.c.known_at)))).scalar()
        own = await self._records("symbol", (symbol,), until)
        return NewsHistory(since, own, await self._records("industry", industries, until))

    async def _records(self, kind: str, names: Collection[str], until: int) -> NewsRecords:
        c = story_history.c
        wanted = select(c.story_id, c.first_seen, c.known_at, c.importance).where(
            c.kind == kind, c.name.in_(names), c.known_at <= until
        )
        async with self._database.connect(seconds=SECONDS) as connection:
            rows = (await connection.execute(wanted.order_by(c.known_at, c.story_id).limit(MOST_RECORDS + 1))).all()
        if len(rows) > MOST_RECORDS:
            raise DataRequestError(
                f"features: more than {MOST_RECORDS:,} records of stories about {kind} {', '.join(names)} are stored"
            )
        stories: dict[Any, int] = {}
        numbered = [(stories.setdefault(row[0], len(stories)), *row[1:]) for row in rows]
        return np.array(numbered, NEWS_RECORD)
