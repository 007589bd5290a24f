"""Asks analysis research where a condition held in the past."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import structlog

from services.notifier.domain.ports.conditions import HistoryError
from shared.events import ConditionHistory, ConditionHistoryJob, SymbolHistory
from shared.failures import TransientError
from shared.kafka import NoResultError

SOURCE: Final = "notifier"
SECONDS: Final = 8.0
"""Time to wait for the result: a user waits for the reply."""
_log = structlog.get_logger(__name__)


class Research(Protocol):
    """The method of a ``JobClient`` that is used."""

    async def request(self, job: ConditionHistoryJob, seconds: float) -> ConditionHistory: ...


class ResearchConditionTimes:
    """``ConditionTimes`` through Kafka."""

    def __init__(self, research: Research, now: Callable[[], int]) -> None:
        self._research = research
        self._now = now

    async def histories(self, condition: str, symbols: Sequence[str], most: int) -> tuple[SymbolHistory, ...]:
        now = self._now()
        job = ConditionHistoryJob(
            id=uuid.uuid4().hex, condition=condition, symbols=tuple(symbols), limit=most, ts_event=now, ts_init=now, source=SOURCE
        )
        try:
            found = await self._research.request(job, SECONDS)
        except (NoResultError, TransientError) as error:
            _log.warning("analysis research does not answer", error=str(error))
            raise HistoryError("unavailable") from error
        if found.error is not None:
            _log.warning("a condition has no history", condition=condition, code=found.error.code, error=found.error.message)
            raise HistoryError("unsupported" if found.error.code == "not-supported" else "unavailable")
        return found.symbols
