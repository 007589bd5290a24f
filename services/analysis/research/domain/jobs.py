"""Checks of research jobs, and their results. Loads no kernels."""

from __future__ import annotations

from collections import Counter
from typing import Final

from shared.conditions import Condition
from shared.events import ConditionHistory, ConditionHistoryJob, ResearchError, SymbolHistory

SOURCE: Final = "analysis research"
MOST_ID: Final = 64
MOST_SYMBOLS: Final = 20
MOST_SYMBOL: Final = 32
MOST_LIMIT: Final = 100


class RefusedJobError(Exception):
    """A job that has no result; ``code`` is one of ``ResearchError.code``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def check(job: ConditionHistoryJob, now: int, most_age_ms: int) -> None:
    """Check all but the condition. ``now``: milliseconds since the epoch.

    Raises:
        RefusedJobError: the job is too old, or a field is out of range.
    """
    if not 1 <= len(job.id) <= MOST_ID:
        raise RefusedJobError("invalid-job", f"id: {job.id[:MOST_ID]!r} must have 1 to {MOST_ID} characters")
    if not 1 <= len(job.symbols) <= MOST_SYMBOLS:
        raise RefusedJobError("invalid-job", f"symbols: 1 to {MOST_SYMBOLS} are evaluated, not {len(job.symbols)}")
    for symbol, count in Counter(job.symbols).items():
        if count > 1:
            raise RefusedJobError("invalid-job", f"symbols: {symbol[:MOST_SYMBOL]!r} is named {count} times")
        if not (1 <= len(symbol) <= MOST_SYMBOL and symbol.isascii() and symbol.isprintable()):
            raise RefusedJobError("invalid-job", f"symbols: {symbol[:MOST_SYMBOL]!r} is no symbol")
    if not 1 <= job.limit <= MOST_LIMIT:
        raise RefusedJobError("invalid-job", f"limit: {job.limit} must be from 1 to {MOST_LIMIT}")
    if now - job.ts_event > most_age_ms:
        raise RefusedJobError("expired", f"ts_event: {job.ts_event} is more than {most_age_ms / 1000:g} s ago")


def result(job: ConditionHistoryJob, condition: Condition, found: tuple[SymbolHistory, ...], now: int) -> ConditionHistory:
    """The result of a job that is done."""
    return ConditionHistory(
        job_id=job.id,
        condition=condition.text,
        timeframe=condition.timeframe,
        symbols=found,
        ts_event=job.ts_event,
        ts_init=now,
        source=SOURCE,
    )


def refusal(job: ConditionHistoryJob, error: RefusedJobError, now: int) -> ConditionHistory:
    """The result of a job that is refused."""
    about = ResearchError(code=error.code, message=str(error)[:1000])
    return ConditionHistory(job_id=job.id[:MOST_ID], error=about, ts_event=job.ts_event, ts_init=now, source=SOURCE)
