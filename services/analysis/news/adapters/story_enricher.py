"""Enriches stories with the instruments that the database has now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import numpy as np
import structlog
from numpy.typing import NDArray

from services.analysis.news.adapters.known_instruments import read_instruments
from services.analysis.news.domain.ports import Enrichment
from services.analysis.news.enrichment.enricher import Enricher
from services.analysis.news.enrichment.known import KnownInstrument
from services.analysis.news.enrichment.proper_names import Span
from shared.db import Database
from shared.events import Article
from shared.failures import TransientError

log: Final = structlog.get_logger("analysis.news")


class StoryEnricher:
    """Implements ``domain.ports.Enricher``. Before ``read`` has succeeded it knows no instrument."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: tuple[KnownInstrument, ...] = ()
        self._enricher = Enricher(())

    async def read(self) -> None:
        """Read the instruments again.

        Raises:
            TransientError: the database does not answer, or ingest has not listed any yet.
        """
        known = await read_instruments(self._database)
        if not known:
            raise TransientError("no instruments are listed yet")
        if known != self._known:
            self._enricher = await asyncio.to_thread(Enricher, known)
            self._known = known
            log.info("instruments are read", instruments=len(known))

    def links(self, article: Article) -> frozenset[str]:
        return self._enricher.stocks(article)

    async def enrich(self, articles: Sequence[Article], vector: NDArray[np.float32]) -> Enrichment:
        return await asyncio.to_thread(self._enricher.enrich, articles, vector)  # a long story takes tens of milliseconds

    def proper_names(self, text: str) -> Sequence[Span]:
        """The names in a text that a translator must not change."""
        return self._enricher.proper_names(text)
