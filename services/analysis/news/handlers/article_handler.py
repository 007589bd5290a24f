"""Puts articles into stories."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

import numpy as np
import structlog
from msgspec import structs
from numpy.typing import NDArray

from services.analysis.news.domain.article_columns import IndexedArticle
from services.analysis.news.domain.near_duplicates import signature
from services.analysis.news.domain.ports import Enricher
from services.analysis.news.domain.resemblance import HOUR_MS, pack, traits
from services.analysis.news.domain.stored import KnownArticle, StoredArticle, StoredStory, StoryStore
from services.analysis.news.domain.stories import MOST_ARTICLES, check, composed, seen_at
from services.analysis.news.domain.story_index import Placement, StoryIndex
from services.analysis.news.domain.wording import words
from services.analysis.news.handlers import metrics
from services.analysis.news.handlers.story_publisher import StoryPublisher
from shared.events import Article, Story
from shared.kafka import Record

log: Final = structlog.get_logger("analysis.news")


class TextEmbedder(Protocol):
    """Embeds texts."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class StoryContext:
    """What composes a story needs."""

    enricher: Enricher
    translates: bool
    watched: Callable[[], frozenset[str]]
    clock: Callable[[], int]

    async def story(
        self, id_: str, before: Story | None, articles: Sequence[Article], vector: NDArray[np.float32], split_from: str = ""
    ) -> StoredStory:
        """The next revision of a story, and when to look at it again."""
        now = self.clock()
        found = await self.enricher.enrich(articles, vector)
        story = composed(id_, before, articles, found, self.watched(), now, split_from)
        incomplete = any(each.day is None for each in story.reactions)
        untranslated = self.translates and story.language != "ko" and not story.translated
        return StoredStory(
            story,
            story.first_seen + HOUR_MS if incomplete else None,
            now if untranslated else None,
            vector=vector if before is None else None,
        )


@dataclass
class _Plan:
    """What a batch changes."""

    stored: list[StoredArticle] = field(default_factory=list)
    members: dict[str, dict[str, Article]] = field(default_factory=dict)
    """The articles of each story that changes, with the new ones."""
    vectors: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    """Of each article that is new or has changed."""


class ArticleHandler:
    """Handles batches of articles. Only one process does, and one batch at a time: two articles of one event find each other."""

    def __init__(
        self, tables: StoryStore, index: StoryIndex, embedder: TextEmbedder, publisher: StoryPublisher, context: StoryContext
    ) -> None:
        self._tables = tables
        self._index = index
        self._embedder = embedder
        self._publisher = publisher
        self._context = context
        self._full: set[str] = set()
        self._unsure: set[str] = set()
        """Articles of an attempt that failed: they are not in the index, and may be stored or not."""

    async def restore(self, most: int) -> None:
        """Fill the index from the tables. Raises TransientError."""
        began = time.monotonic()
        async for part in self._tables.recent(most):
            await asyncio.to_thread(self._index.add, part)
        metrics.indexed.set(len(self._index))
        log.info("articles are read", articles=len(self._index), seconds=round(time.monotonic() - began, 2))

    async def handle(self, records: Sequence[Record[Any]]) -> None:
        """Handle a batch; again after a crash or an error, without an effect for what is stored.

        Raises:
            PoisonError: an article breaks its contract.
            TransientError, FencedError: as ``StoryPublisher.store``.
        """
        began = time.monotonic()
        newest = _newest(record.event for record in records)
        known = await self._tables.known([*newest, *self._unsure])
        await self._index_again(known)
        fresh = [each for each in newest.values() if each.id not in known]
        later = [each for each in newest.values() if each.id in known and each.ts_init > known[each.id].ts_init]
        vectors = await self._embedder.embed([each.title for each in [*fresh, *later]])
        async with self._publisher.lock:
            await self._publisher.flush()
            try:
                plan = await self._plan(fresh, later, {each.id: known[each.id].story_id for each in later}, vectors)
                before = await self._tables.stories(plan.members)
                self._leave_out_old(plan, before)
                if plan.members:
                    changed = [await self._grown(id_, before.get(id_), plan) for id_ in plan.members]
                    await self._publisher.store(plan.stored, changed)
                    self._index.add([each.indexed for each in plan.stored if each.article.id in known])  # their titles may differ
            except BaseException:
                self._unsure |= {each.id for each in fresh}
                self._index.remove(self._unsure)  # the next attempt places them again, unless they turn out to be stored
                raise
        metrics.articles.labels("repeated").inc(len(records) - len(fresh) - len(later))
        metrics.indexed.set(len(self._index))
        metrics.batch_seconds.observe(time.monotonic() - began)

    def moved(self, article_id: str, new: IndexedArticle) -> None:
        """Put an article into the story that it was split off to."""
        self._index.remove([article_id])
        self._index.add([new])

    async def _grown(self, id_: str, before: Story | None, plan: _Plan) -> StoredStory:
        """The next revision of a story of the batch."""
        ordered = _ordered(before, plan.members[id_])
        vector = plan.vectors.get(ordered[0].id)
        if vector is None:  # its first article came with an earlier batch
            vector = (await self._tables.indexed(ordered[0].id)).vector
        return await self._context.story(id_, before, ordered, vector)

    async def _index_again(self, known: Mapping[str, KnownArticle]) -> None:
        """Put the articles of failed attempts into the index that are stored: their story was published late, or will be."""
        for article_id in sorted(self._unsure & known.keys()):
            self._index.add([await self._tables.indexed(article_id)])
        self._unsure.clear()

    async def _plan(
        self, fresh: Sequence[Article], later: Sequence[Article], stories: Mapping[str, str], vectors: NDArray[np.float32]
    ) -> _Plan:
        plan = _Plan()
        half = vectors.astype(np.float16).astype(np.float32)  # as the table has them: a restart changes no decision
        prepared = await asyncio.to_thread(self._prepared, [*fresh, *later], half)
        new, changed = prepared[: len(fresh)], prepared[len(fresh) :]
        members = await self._tables.members(set(stories.values()))
        for article, indexed in zip(later, changed, strict=True):
            id_ = stories[article.id]
            mine = plan.members.get(id_) or {each.id: each for each in members[id_]}
            if mine[article.id].content != article.content:
                joined = _joined(mine[article.id], article)
                plan.members[id_] = mine | {article.id: joined}
                plan.stored.append(StoredArticle(joined, replace(indexed, story_id=id_)))
                plan.vectors[article.id] = indexed.vector
                metrics.articles.labels("changed").inc()
        waiting = list(zip(fresh, new, strict=True))
        while waiting:
            placed = await asyncio.to_thread(self._placed, waiting)
            missing = {id_ for _, each, _ in placed if (id_ := each.story_id) not in plan.members}
            found = await self._tables.members(missing)
            plan.members |= {id_: {each.id: each for each in found.get(id_, ())} for id_ in missing}
            waiting = self._add(plan, placed)
        plan.members = {id_: mine for id_, mine in plan.members.items() if not plan.vectors.keys().isdisjoint(mine)}
        return plan

    def _leave_out_old(self, plan: _Plan, before: Mapping[str, Story]) -> None:
        """An article that comes again after those of its story were removed changes nothing: the story would lose the others."""
        gone = {id_ for id_, story in before.items() if not {each.id for each in story.articles} <= plan.members[id_].keys()}
        plan.members = {id_: mine for id_, mine in plan.members.items() if id_ not in gone}
        self._index.remove(each.article.id for each in plan.stored if each.indexed.story_id in gone)
        plan.stored = [each for each in plan.stored if each.indexed.story_id not in gone]

    def _add(
        self, plan: _Plan, placed: Sequence[tuple[Article, IndexedArticle, Placement | None]]
    ) -> list[tuple[Article, IndexedArticle]]:
        """Add placed articles to their stories; returns those whose story is full, to be placed again."""
        refused = []
        for article, indexed, placement in placed:
            mine = plan.members[indexed.story_id]
            if placement is not None and len(mine) >= MOST_ARTICLES:
                self._full.add(indexed.story_id)
                self._index.remove([article.id])
                refused.append((article, indexed))
                continue
            mine[article.id] = article
            nearest, cosine = (placement.nearest, placement.cosine) if placement else ("", None)
            plan.stored.append(StoredArticle(article, indexed, nearest, cosine))
            plan.vectors[article.id] = indexed.vector
            metrics.articles.labels("joined" if placement else "began").inc()
        return refused

    def _prepared(self, articles: Sequence[Article], vectors: NDArray[np.float32]) -> list[IndexedArticle]:
        return [
            IndexedArticle(
                id=each.id,
                story_id="",
                at=seen_at(each) if each.published is None else each.ts_event,
                traits=pack(traits(each.title, self._context.enricher.links(each))),
                signature=signature(words(each.title)),
                vector=vector,
            )
            for each, vector in zip(articles, vectors, strict=True)
        ]

    def _placed(self, articles: Sequence[tuple[Article, IndexedArticle]]) -> list[tuple[Article, IndexedArticle, Placement | None]]:
        """Finds the story of each article, the earlier ones of the batch included, and adds it to the index."""
        placed = self._index.place([each for _, each in articles], frozenset(self._full))
        return [(article, *found) for (article, _), found in zip(articles, placed, strict=True)]


def _newest(events: Any) -> dict[str, Article]:
    """The newest content of each article, in the order of first appearance. Raises PoisonError."""
    found: dict[str, Article] = {}
    for article in events:
        check(article)
        before = found.get(article.id)
        if before is None:
            found[article.id] = article
        elif article.ts_init > before.ts_init:
            found[article.id] = _joined(before, article)
    return found


def _joined(before: Article, later: Article) -> Article:
    """The later content, with the instruments of both: an entry stands in the feed of each of its tickers."""
    return structs.replace(later, symbols=tuple(dict.fromkeys((*before.symbols, *later.symbols))))


def _ordered(before: Story | None, members: Mapping[str, Article]) -> list[Article]:
    """The articles of a story in the order in which they were first received."""
    seen = {each.id: each.seen for each in before.articles} if before else {}
    return sorted(members.values(), key=lambda each: (seen.get(each.id, seen_at(each)), each.id))
