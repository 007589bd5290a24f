"""Publishes the outcomes of runs: of those that were done, and of those that were refused or cancelled before they began."""

from __future__ import annotations

import asyncio
from typing import Any, Final, Protocol

from services.analysis.research.domain.run_jobs import outcome
from services.analysis.research.domain.run_rows import RunRow
from shared.events import ResearchResult
from shared.topics import RESEARCH_RESULTS, Topic

MOST_REPORTS: Final = 100


class OutcomeStore(Protocol):
    """The methods of the table of runs that are used; all raise TransientError."""

    async def to_report(self, limit: int) -> list[RunRow]: ...

    async def reported(self, run_id: str) -> None: ...


class ResultPublisher(Protocol):
    """The method of a producer that is used."""

    async def publish(self, topic: Topic[ResearchResult], event: ResearchResult, *, key: str) -> Any: ...


class RunOutcomes:
    """One for the workers and the jobs of a process: one reports at a time, and each outcome is published once.

    After a crash in between, or by two processes at once, some are published twice, with the same content.
    """

    def __init__(self, store: OutcomeStore, publisher: ResultPublisher) -> None:
        self._store = store
        self._publisher = publisher
        self._turn = asyncio.Lock()

    async def report(self) -> None:
        """Publish what is not published yet. Raises TransientError."""
        async with self._turn:
            for row in await self._store.to_report(MOST_REPORTS):
                await self._publisher.publish(RESEARCH_RESULTS, outcome(row), key=row.id)
                await self._store.reported(row.id)
