"""The tables of articles and stories."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
import structlog
from sqlalchemy import delete, func, select, tuple_, update

from services.analysis.news.adapters.story_owner import StoryOwner
from services.analysis.news.domain.article_columns import DIMENSIONS, IndexedArticle
from services.analysis.news.domain.resemblance import HOUR_MS
from services.analysis.news.domain.stored import DueColumn, KnownArticle, Split, StoredArticle, StoredStory
from services.analysis.news.domain.stories import search_text
from services.analysis.news.domain.story_index import INDEX_DAYS
from shared.db import Database
from shared.events import Article, Story
from shared.tables import articles, stories, story_history, story_labels, story_splits, story_vectors, watchlists
from shared.wire import encode

log: Final = structlog.get_logger("analysis.news")
AT_A_TIME: Final = 500
READ_AT_A_TIME: Final = 2000
"""Articles of the index that are read together: a few milliseconds of the event loop."""
SECONDS: Final = 120.0
MOST_LABEL: Final = 64

_INDEXED: Final = tuple(articles.c[name] for name in ("id", "story_id", "ts_event", "traits", "signature", "vector"))
_NO_VECTOR: Final = np.full(DIMENSIONS, np.nan, np.float16).tobytes()
_article: Final = msgspec.json.Decoder(Article).decode
_story: Final = msgspec.json.Decoder(Story).decode


class StoryTables:
    """Reads and writes them. All methods raise ``TransientError`` when the database is not there."""

    def __init__(self, database: Database, owner: StoryOwner) -> None:
        self._database = database
        self._owner = owner

    async def recent(self, most: int) -> AsyncIterator[list[IndexedArticle]]:
        """At most ``most`` articles of the 30 days before the newest of all, newest first, some at a time."""
        c = articles.c
        async with self._database.connect() as connection:
            newest = (await connection.execute(select(func.max(c.ts_event)))).scalar()
        if newest is None:
            return
        wanted = select(*_INDEXED).where(c.ts_event >= newest - INDEX_DAYS * 24 * HOUR_MS)
        after = c.ts_event <= newest
        while most > 0:
            part = wanted.where(after).order_by(c.ts_event.desc(), c.id.desc()).limit(min(most, READ_AT_A_TIME))
            async with self._database.connect(seconds=SECONDS) as connection:
                rows = (await connection.execute(part)).all()
            if not rows:
                return
            yield await asyncio.to_thread(_indexed_all, rows)
            most -= len(rows)
            last = rows[-1]
            after = (c.ts_event <= last.ts_event) & ((c.ts_event < last.ts_event) | (c.id < last.id))

    async def known(self, ids: Collection[str]) -> dict[str, KnownArticle]:
        """Those of the articles that are stored."""
        c = articles.c
        rows = await self._in(select(c.id, c.story_id, c.ts_init), c.id, ids)
        return {row[0]: KnownArticle(row[1], row[2]) for row in rows}

    async def members(self, story_ids: Collection[str]) -> dict[str, list[Article]]:
        """The articles of stories, in no order."""
        found: dict[str, list[Article]] = {}
        for story_id, body in await self._in(select(articles.c.story_id, articles.c.body), articles.c.story_id, story_ids):
            found.setdefault(story_id, []).append(_article(body))
        return found

    async def stories(self, story_ids: Collection[str]) -> dict[str, Story]:
        """The newest revisions of stories."""
        rows = await self._in(select(stories.c.id, stories.c.body), stories.c.id, story_ids)
        return {row[0]: _story(row[1]) for row in rows}

    async def indexed(self, article_id: str) -> IndexedArticle:
        """What the index keeps of a stored article."""
        async with self._database.connect() as connection:
            row = (await connection.execute(select(*_INDEXED).where(articles.c.id == article_id))).one()
        return _indexed_all([row])[0]

    async def save(self, stored: Sequence[StoredArticle], changed: Sequence[StoredStory], done: Sequence[Split] = ()) -> None:
        """Store articles and the next revisions of their stories in one transaction; the revisions are pending.

        Raises:
            FencedError: another process writes stories now.
        """
        now = max((each.story.ts_init for each in changed), default=0)
        async with self._database.begin(seconds=SECONDS) as connection:
            await self._owner.hold(connection)
            for table, rows in (
                (articles, [article_row(each) for each in stored]),
                (stories, [_story_row(each) for each in changed]),
            ):
                for first in range(0, len(rows), AT_A_TIME):
                    part = rows[first : first + AT_A_TIME]
                    await connection.execute(self._database.upsert(table, part), part)
            ids = [each.story.id for each in changed]
            if ids:
                await connection.execute(delete(story_labels).where(story_labels.c.story_id.in_(ids)))
            labels = [row for each in changed for row in _label_rows(each.story)]
            if labels:
                await connection.execute(self._database.upsert(story_labels, labels), labels)
            vectors = [row for each in changed if (row := _vector_row(each)) is not None]
            if vectors:
                await connection.execute(self._database.upsert(story_vectors, vectors, update=[]), vectors)
            history = [row for each in changed for row in _history_rows(each.story)] if stored else []
            if history:
                await connection.execute(self._database.upsert(story_history, history), history)
            for split in done:
                await connection.execute(
                    update(story_splits)
                    .where(story_splits.c.story_id == split.story_id, story_splits.c.article_id == split.article_id)
                    .values(done_at=now, new_story_id=changed[-1].story.id, error="")
                )

    async def pending(self) -> list[Story]:
        """Revisions that may not be on the topic, at most 500."""
        async with self._database.connect() as connection:
            rows = await connection.execute(select(stories.c.body).where(stories.c.pending).order_by(stories.c.id).limit(AT_A_TIME))
            return [_story(body) for body in rows.scalars()]

    async def published(self, found: Iterable[Story]) -> None:
        """Note that these revisions are on the topic."""
        revisions = [(each.id, each.revision) for each in found]
        c = stories.c
        async with self._database.begin() as connection:
            await self._owner.hold(connection)
            for first in range(0, len(revisions), AT_A_TIME):
                part = revisions[first : first + AT_A_TIME]
                same = c.id.in_([id_ for id_, _ in part]) & tuple_(c.id, c.revision).in_(part)  # the first is what the key finds
                await connection.execute(update(stories).where(same).values(pending=False))

    async def postpone(self, column: DueColumn, due: Mapping[str, int | None], tries: Mapping[str, int] | None = None) -> None:
        """Set when stories are to be looked at again: ``reaction_due`` or ``translation_due``; the revision stays."""
        async with self._database.begin() as connection:
            await self._owner.hold(connection)
            for story_id, at in due.items():
                values: dict[str, Any] = {column: at}
                if tries is not None:
                    values["translation_tries"] = tries[story_id]
                await connection.execute(update(stories).where(stories.c.id == story_id).values(**values))

    async def due(self, column: DueColumn, now: int, most: int) -> list[StoredStory]:
        """Stories whose time in ``reaction_due`` or ``translation_due`` has come, earliest first."""
        c = stories.c
        columns = (c.body, c.reaction_due, c.translation_due, c.translation_tries)
        async with self._database.connect() as connection:
            rows = (await connection.execute(select(*columns).where(c[column] <= now).order_by(c[column], c.id).limit(most))).all()
        return [StoredStory(_story(body), reaction, translation, tries) for body, reaction, translation, tries in rows]

    async def newest(self, story_id: str) -> StoredStory:
        """The newest revision of a story."""
        c = stories.c
        columns = (c.body, c.reaction_due, c.translation_due, c.translation_tries)
        async with self._database.connect() as connection:
            body, *times = (await connection.execute(select(*columns).where(c.id == story_id))).one()
        return StoredStory(_story(body), *times)

    async def watched(self) -> frozenset[str]:
        """Symbols on any watchlist."""
        async with self._database.connect() as connection:
            return frozenset((await connection.execute(select(watchlists.c.symbol).distinct())).scalars())

    async def splits(self) -> list[Split]:
        """Splits that are asked for, oldest first."""
        c = story_splits.c
        waiting = select(c.story_id, c.article_id).where(c.done_at.is_(None), c.error == "").order_by(c.requested_at, c.article_id)
        async with self._database.connect() as connection:
            return [Split(*row) for row in (await connection.execute(waiting.limit(AT_A_TIME))).all()]

    async def refuse(self, split: Split, error: str) -> None:
        """Note why an article cannot be split off."""
        mine = (story_splits.c.story_id == split.story_id) & (story_splits.c.article_id == split.article_id)
        async with self._database.begin() as connection:
            await self._owner.hold(connection)
            await connection.execute(update(story_splits).where(mine).values(error=error[:255]))

    async def _in(self, statement: Any, column: Any, values: Collection[str]) -> list[Any]:
        found: list[Any] = []
        listed = list(values)
        for first in range(0, len(listed), AT_A_TIME):
            async with self._database.connect() as connection:
                found += (await connection.execute(statement.where(column.in_(listed[first : first + AT_A_TIME])))).all()
        return found


def _indexed_all(rows: Sequence[Any]) -> list[IndexedArticle]:
    """What the index keeps of rows of ``_INDEXED``."""
    return [
        IndexedArticle(
            id=row.id,
            story_id=row.story_id,
            at=row.ts_event,
            traits=row.traits.encode(),
            signature=np.frombuffer(row.signature, np.uint32),
            vector=vector,
        )
        for row, vector in zip(rows, _vectors([row.vector for row in rows]), strict=True)
    ]


def _vectors(stored: Sequence[bytes]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Shape (n, 384); NaN where there is none."""
    joined = b"".join(each or _NO_VECTOR for each in stored)
    return np.frombuffer(joined, np.float16).reshape(-1, DIMENSIONS).astype(np.float32)


def article_row(each: StoredArticle) -> dict[str, Any]:
    """The row of an article."""
    indexed = each.indexed
    return {
        "id": indexed.id,
        "story_id": indexed.story_id,
        "ts_event": indexed.at,
        "ts_init": each.article.ts_init,
        "body": encode(each.article).decode(),
        "traits": indexed.traits.decode(),
        "signature": indexed.signature.tobytes(),
        "vector": _packed(indexed.vector),
        "nearest": each.nearest,
        "cosine": each.cosine,
    }


def _packed(vector: np.ndarray[Any, np.dtype[np.float32]]) -> bytes:
    return b"" if np.isnan(vector).any() else vector.astype(np.float16).tobytes()


def _vector_row(each: StoredStory) -> dict[str, Any] | None:
    packed = b"" if each.vector is None else _packed(each.vector)
    return {"story_id": each.story.id, "vector": packed} if packed else None


def _story_row(each: StoredStory) -> dict[str, Any]:
    story = each.story
    return {
        "id": story.id,
        "revision": story.revision,
        "first_seen": story.first_seen,
        "language": story.language,
        "category": story.category.name,
        "importance": story.importance,
        "search": search_text(story),
        "body": encode(story).decode(),
        "pending": True,
        "reaction_due": each.reaction_due,
        "translation_due": each.translation_due,
        "translation_tries": each.translation_tries,
    }


def _label_rows(story: Story) -> list[dict[str, Any]]:
    labels = {
        "symbol": [link.name for link in story.instruments],
        "industry": [link.name for link in story.industries],
        "publisher": [article.publisher for article in story.articles],
    }
    return [
        {"kind": kind, "name": name, "first_seen": story.first_seen, "story_id": story.id}
        for kind, names in labels.items()
        for name in dict.fromkeys(name[:MOST_LABEL] for name in names)
    ]


def _history_rows(story: Story) -> list[dict[str, Any]]:
    """What is known of a story from this revision on. For a tape it is known at the moment that it plays."""
    facts = {
        "known_at": story.ts_event if story.replayed else story.ts_init,
        "story_id": story.id,
        "first_seen": story.first_seen,
        "importance": story.importance,
    }
    return [
        {"kind": kind, "name": name, **facts}
        for kind, links in (("symbol", story.instruments), ("industry", story.industries))
        for name in dict.fromkeys(link.name[:MOST_LABEL] for link in links)
    ]
