"""The tables ``feeds`` and ``feed_articles``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import delete, select, tuple_, update

from services.ingest.domain.feeds.feed import Feed
from services.ingest.domain.feeds.memory import KEPT_MS, Comparison, Key, Published
from services.ingest.domain.feeds.state import FeedState
from shared.db import Database
from shared.tables import feed_articles, feeds

AT_A_TIME: Final = 500
MOST_STEPS: Final = 400
"""Of one run; the next one deletes more."""
_STATE = tuple(field.name for field in fields(FeedState))


class FeedTables:
    """State of feeds and memory of published articles. All methods raise ``TransientError``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def states(self) -> dict[str, FeedState]:
        """The state of each feed by its id."""
        async with self._database.connect() as connection:
            rows = await connection.execute(select(*(feeds.c[name] for name in _STATE)))
            return {row.feed: FeedState(*row) for row in rows}

    async def register(self, found: Sequence[tuple[Feed, FeedState]], now: int) -> None:
        """Store all feeds of the file, and delete those that are no longer in it."""
        rows = [_row(feed, state, now) for feed, state in found]
        async with self._database.begin() as connection:
            await connection.execute(delete(feeds).where(feeds.c.feed.not_in([row["feed"] for row in rows])))
            if rows:
                await connection.execute(self._database.upsert(feeds, rows), rows)

    async def save(self, feed: Feed, state: FeedState, now: int) -> None:
        """Store the state of a feed."""
        rows = [_row(feed, state, now)]
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(feeds, rows), rows)

    async def published(self, articles: Collection[str]) -> Mapping[Key, Published]:
        """The remembered contents of these articles."""
        columns = (feed_articles.c.article, feed_articles.c.content, feed_articles.c.feed, feed_articles.c.seen_at)
        async with self._database.connect() as connection:
            rows = await connection.execute(select(*columns).where(feed_articles.c.article.in_(articles)))
            return {(row.article, row.content): Published(row.feed, row.seen_at) for row in rows}

    async def remember(self, found: Comparison, now: int) -> None:
        """Store that the fresh articles have been published, and when the known ones were seen."""
        rows = [
            {"article": each.id, "content": each.content, "feed": each.feed, "first_at": each.ts_init, "seen_at": now}
            for each in found.fresh
        ]
        pair = tuple_(feed_articles.c.article, feed_articles.c.content)
        async with self._database.begin() as connection:
            if rows:
                await connection.execute(self._database.upsert(feed_articles, rows, update=["seen_at"]), rows)
            if found.touched:
                await connection.execute(update(feed_articles).where(pair.in_(found.touched)).values(seen_at=now))

    async def forget(self, now: int) -> None:
        """Delete articles that no feed has had for a long time, some at a time: no other writer waits for all of them."""
        c = feed_articles.c
        old = select(c.article, c.content).where(c.seen_at < now - KEPT_MS).limit(AT_A_TIME)
        for _ in range(MOST_STEPS):
            async with self._database.begin() as connection:
                keys = [tuple(row) for row in (await connection.execute(old)).all()]
                same = c.article.in_({article for article, _ in keys}) & tuple_(c.article, c.content).in_(keys)
                await connection.execute(delete(feed_articles).where(same))
            if len(keys) < AT_A_TIME:
                return


def _row(feed: Feed, state: FeedState, now: int) -> dict[str, Any]:
    return asdict(state) | {
        "line": feed.line,
        "publisher": feed.publisher,
        "language": feed.language,
        "interval_seconds": round(feed.seconds),
        "updated_at": now,
        "replayed": feed.replayed,
    }
