"""Reads the text of articles' pages, where robots.txt allows it."""

from __future__ import annotations

from typing import Final

from services.ingest.adapters.feeds.robots import Robots
from services.ingest.domain.clock import Clock
from services.ingest.domain.feeds.outcomes import Document, Failure
from services.ingest.domain.feeds.ports import Documents
from shared.children.pool import ChildPool
from shared.children.process import ChildError

PAGE_SECONDS: Final = 5.0


class ArticlePages:
    """Pages in a process of their own; one that takes longer than ``PAGE_SECONDS`` is killed."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._robots = Robots(documents, clock)
        self._children = ChildPool("services.ingest.adapters.feeds.page_worker", 1)

    async def text(self, url: str) -> tuple[str, str]:
        """The text and ``ok``, or no text and the reason."""
        if not await self._robots.allows(url):
            return "", "robots"
        outcome = await self._documents.fetch(url)
        if not isinstance(outcome, Document):
            return "", outcome.reason if isinstance(outcome, Failure) else "not_modified"
        try:
            text = (await self._children.request(outcome.body, PAGE_SECONDS)).decode()
        except ChildError as error:
            return "", f"parse_{error}"
        return text, "ok" if text else "no_text"

    async def close(self) -> None:
        """Kill the process."""
        await self._children.close()
