"""Publishes the outcomes of runs: of those that were done, and of those that were refused or cancelled before they began."""

from __future__ import annotations

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


async def report_outcomes(store: OutcomeStore, publisher: ResultPublisher) -> None:
    """Publish what is not published yet. After a crash in between, or by two processes at once, some are published twice, with the
    same content. Raises TransientError.
    """
    for row in await store.to_report(MOST_REPORTS):
        await publisher.publish(RESEARCH_RESULTS, outcome(row), key=row.id)
        await store.reported(row.id)
