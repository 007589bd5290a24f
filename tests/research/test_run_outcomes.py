"""Outcomes of runs are published once by a process, whoever asks for it at the same time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.analysis.research.domain.run_jobs import new_row, refused
from services.analysis.research.domain.run_rows import RunRow
from services.analysis.research.handlers.run_outcomes import RunOutcomes
from shared.events import RunBacktest
from shared.failures import TransientError


class Table:
    """Outcomes that are not published yet; each answer takes a turn of the event loop."""

    def __init__(self, *ids: str) -> None:
        jobs = (RunBacktest(id=each, entry="macd_cross", requested_by="test", source="test", ts_event=1, ts_init=1) for each in ids)
        self.rows = {job.id: refused(new_row(job, 1), "limit", "too many") for job in jobs}

    async def to_report(self, limit: int) -> list[RunRow]:
        found = list(self.rows.values())[:limit]
        await asyncio.sleep(0)
        return found

    async def reported(self, run_id: str) -> None:
        await asyncio.sleep(0)
        del self.rows[run_id]


class Topic:
    """What was published; ``failing`` times it does not acknowledge."""

    def __init__(self, failing: int = 0) -> None:
        self.published: list[str] = []
        self.failing = failing

    async def publish(self, _topic: Any, _event: Any, *, key: str) -> None:
        await asyncio.sleep(0)
        if self.failing:
            self.failing -= 1
            raise TransientError("not acknowledged")
        self.published.append(key)


async def test_those_who_report_at_the_same_time_publish_each_outcome_once() -> None:
    table, topic = Table("a", "b", "c"), Topic()
    outcomes = RunOutcomes(table, topic)
    await asyncio.gather(*(outcomes.report() for _ in range(5)))
    assert topic.published == ["a", "b", "c"]


async def test_what_was_not_acknowledged_is_published_by_the_next() -> None:
    table, topic = Table("a", "b"), Topic(failing=1)
    outcomes = RunOutcomes(table, topic)
    first, second = asyncio.create_task(outcomes.report()), asyncio.create_task(outcomes.report())
    with pytest.raises(TransientError):
        await first
    await second
    assert topic.published == ["a", "b"]
    assert not table.rows
