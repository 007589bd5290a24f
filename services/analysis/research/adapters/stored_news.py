"""Reads what was known of stories from their history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from services.analysis.research.domain.data_request import DataRequestError
from services.analysis.research.domain.news_history import NEWS_RECORD, NewsHistory, NewsRecords
from shared.db import Database
from shared.tables import story_history, story_vectors

MOST_RECORDS: Final = 500_000
"""Of one instrument or of its industries."""
MOST_VECTORS: Final = 50_000
"""Stories of one instrument: 77 MB."""
AT_A_TIME: Final = 500
DIMENSIONS: Final = 384
SECONDS: Final = 60.0


class StoredNews:
    """The table, read only. All methods raise ``TransientError`` when the database is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def history(self, symbol: str, industries: Collection[str], until: int, *, vectors: bool) -> NewsHistory:
        """What was known by ``until``, milliseconds since the epoch; with ``vectors`` of stories. Raises DataRequestError."""
        async with self._database.connect(seconds=SECONDS) as connection:
            since = (await connection.execute(select(func.min(story_history.c.known_at)))).scalar()
        own, stories = await self._records("symbol", (symbol,), until)
        industry, _ = await self._records("industry", industries, until)
        return NewsHistory(since, own, industry, await self._vectors(symbol, stories) if vectors else None)

    async def _vectors(self, symbol: str, stories: Sequence[str]) -> NDArray[np.float32]:
        if len(stories) > MOST_VECTORS:
            raise DataRequestError(
                f"features: news_embedding: more than {MOST_VECTORS:,} stories about {symbol} are stored", "data-large"
            )
        found = np.full((len(stories), DIMENSIONS), np.nan, np.float32)
        places = {story: place for place, story in enumerate(stories)}
        c = story_vectors.c
        for first in range(0, len(stories), AT_A_TIME):
            wanted = select(c.story_id, c.vector).where(c.story_id.in_(stories[first : first + AT_A_TIME]))
            async with self._database.connect(seconds=SECONDS) as connection:
                for story, vector in await connection.execute(wanted):
                    found[places[story]] = np.frombuffer(vector, np.float16)
        return found

    async def _records(self, kind: str, names: Collection[str], until: int) -> tuple[NewsRecords, Sequence[str]]:
        """The records, and the ids of the stories by their number."""
        c = story_history.c
        wanted = select(c.story_id, c.first_seen, c.known_at, c.importance).where(
            c.kind == kind, c.name.in_(names), c.known_at <= until
        )
        async with self._database.connect(seconds=SECONDS) as connection:
            rows = (await connection.execute(wanted.order_by(c.known_at, c.story_id).limit(MOST_RECORDS + 1))).all()
        if len(rows) > MOST_RECORDS:
            raise DataRequestError(
                f"features: more than {MOST_RECORDS:,} records of stories about {kind} {', '.join(names)} are stored",
                "data-large",
            )
        stories: dict[str, int] = {}
        numbered = [(stories.setdefault(row[0], len(stories)), *row[1:]) for row in rows]
        return np.array(numbered, NEWS_RECORD), tuple(stories)
