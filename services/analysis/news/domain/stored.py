"""What is read from and written to the tables of news."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from services.analysis.news.domain.article_columns import IndexedArticle
from shared.events import Article, Story

DueColumn = Literal["reaction_due", "translation_due"]


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article to store: what the index keeps of it, and what brought it into its story."""

    article: Article
    indexed: IndexedArticle
    nearest: str = ""
    cosine: float | None = None


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What decides whether an article is new."""

    story_id: str
    ts_init: int


@dataclass(frozen=True, slots=True)
class StoredStory:
    """A story to store; the two times say when what is to be looked at again, None: not."""

    story: Story
    reaction_due: int | None
    translation_due: int | None
    translation_tries: int = 0
    vector: NDArray[np.float32] | None = None
    """Of the first title; only with its first revision."""


@dataclass(frozen=True, slots=True)
class Split:
    """An article to take out of a story."""

    story_id: str
    article_id: str


class StoryStore(Protocol):
    """The tables. All methods raise ``TransientError`` when the database is not there; those that write also ``FencedError``."""

    def recent(self, most: int) -> AsyncIterator[list[IndexedArticle]]: ...

    async def known(self, ids: Collection[str]) -> dict[str, KnownArticle]: ...

    async def members(self, story_ids: Collection[str]) -> dict[str, list[Article]]: ...

    async def stories(self, story_ids: Collection[str]) -> dict[str, Story]: ...

    async def indexed(self, article_id: str) -> IndexedArticle: ...

    async def save(self, stored: Sequence[StoredArticle], changed: Sequence[StoredStory], done: Sequence[Split] = ()) -> None: ...

    async def pending(self) -> list[Story]: ...

    async def published(self, found: Iterable[Story]) -> None: ...

    async def postpone(self, column: DueColumn, due: Mapping[str, int | None], tries: Mapping[str, int] | None = None) -> None: ...

    async def due(self, column: DueColumn, now: int, most: int) -> list[StoredStory]: ...

    async def newest(self, story_id: str) -> StoredStory: ...

    async def splits(self) -> list[Split]: ...

    async def refuse(self, split: Split, error: str) -> None: ...
