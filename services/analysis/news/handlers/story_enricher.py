"""Enriches stories with the instruments that the tables list."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import numpy as np
import structlog
from numpy.typing import NDArray

from services.analysis.news.domain.ports import Enrichment
from services.analysis.news.enrichment.enricher import ArticleText, Enricher
from services.analysis.news.enrichment.known import KnownInstrument
from shared.events import Article
from shared.failures import TransientError

log = structlog.get_logger("analysis.news")


class StoryEnricher:
    """``domain.ports.Enricher``. Its words are read again when the instruments change."""

    def __init__(self, read: Callable[[], Awaitable[tuple[KnownInstrument, ...]]]) -> None:
        self._read = read
        self._listed: tuple[KnownInstrument, ...] = ()
        self._stocks: frozenset[str] = frozenset()
        self._enricher = Enricher(())

    async def refresh(self) -> None:
        """Read the instruments.

        Raises:
            TransientError: the database does not answer, or ingest has not listed them yet.
        """
        found = await self._read()
        if not found:
            raise TransientError("no instruments are listed yet")
        if found != self._listed:
            self._enricher = await asyncio.to_thread(Enricher, found)
            self._listed, self._stocks = found, frozenset(each.symbol for each in found if each.kind == "stock")
            log.info("instruments are read", instruments=len(found))

    def links(self, article: Article) -> frozenset[str]:
        """The stocks that the title names: two companies are two stories; an index is in the title of every market report."""
        found = self._enricher.enrich([ArticleText(title=article.title, language=article.language)])
        return frozenset(link.name for link in found.instruments) & self._stocks

    async def enrich(self, articles: Sequence[Article], vector: NDArray[np.float32]) -> Enrichment:
        texts = [
            ArticleText(
                title=each.title,
                excerpt=each.excerpt,
                body=each.body,
                language=each.language,
                symbols=each.symbols,
                topics=each.topics,
            )
            for each in articles
        ]
        found = await asyncio.to_thread(self._enricher.enrich, texts, None if np.isnan(vector).any() else vector)
        return Enrichment(
            language=found.language,
            category=found.category,
            instruments=found.instruments,
            industries=found.industries,
            summary=found.summary,
        )
