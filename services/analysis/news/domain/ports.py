"""What the role needs of others: what a story is about, and its translation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from shared.events import Article, StoryLink


class Enrichment(msgspec.Struct, frozen=True, kw_only=True):
    """What the articles of a story are about, each with its reason."""

    language: str
    """Of the first article: ``en``, ``ko``, or ``und`` for another one."""
    category: StoryLink
    instruments: tuple[StoryLink, ...] = ()
    industries: tuple[StoryLink, ...] = ()
    summary: tuple[str, ...] = ()
    """Up to three sentences, as they stand in the articles."""


class Enricher(Protocol):
    """Finds what articles are about."""

    def links(self, article: Article) -> frozenset[str]:
        """The symbols of the stocks that the article's title names: two articles with others are two stories."""

    async def enrich(self, articles: Sequence[Article], vector: NDArray[np.float32]) -> Enrichment:
        """What the articles of a story are about, first received first. ``vector``: of the first title; NaN: there is none."""


class Translation(msgspec.Struct, frozen=True):
    """A story's title and summary in Korean."""

    title: str
    summary: tuple[str, ...]
    translator: str
    """What translated it."""


class Translator(Protocol):
    """Translates to Korean."""

    async def translate(self, title: str, summary: Sequence[str], language: str) -> Translation | None:
        """None: nothing could translate it now."""


class FeedLinks:
    """An ``Enricher`` that links only the instruments that a feed is for, and knows no category, industry or summary."""

    def links(self, article: Article) -> frozenset[str]:
        return frozenset(article.symbols)

    async def enrich(self, articles: Sequence[Article], vector: NDArray[np.float32]) -> Enrichment:  # noqa: ARG002 - of the port
        symbols = dict.fromkeys(symbol for article in articles for symbol in article.symbols)
        return Enrichment(
            language=articles[0].language or "en",
            category=StoryLink(name="other", reason="unsure"),
            instruments=tuple(StoryLink(name=symbol, reason="feed") for symbol in symbols),
        )
