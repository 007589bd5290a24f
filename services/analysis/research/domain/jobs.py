"""Checks of research jobs, and their results. Loads no kernels."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from shared.events import (
    ConditionHistory,
    ConditionHistoryJob,
    HistoryJob,
    HistoryResult,
    IndicatorHistory,
    IndicatorHistoryJob,
    ResearchError,
    SymbolHistory,
)

if TYPE_CHECKING:
    from shared.conditions import Condition

SOURCE: Final = "analysis research"
MOST_ID: Final = 64
MOST_SYMBOLS: Final = 20
MOST_SYMBOL: Final = 32
MOST_LIMIT: Final = 100
MOST_COLUMNS: Final = 32
MOST_COLUMN: Final = 64
MOST_ROWS: Final = 10_001


class RefusedJobError(Exception):
    """A job that has no result; ``code`` is one of ``ResearchError.code``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def check(job: HistoryJob, now: int, most_age_ms: int) -> None:
    """Check all but the condition or the names of columns. ``now``: milliseconds since the epoch.

    Raises:
        RefusedJobError: the job is too old, or a field is out of range.
    """
    if not 1 <= len(job.id) <= MOST_ID:
        raise RefusedJobError("invalid-job", f"id: {job.id[:MOST_ID]!r} must have 1 to {MOST_ID} characters")
    if isinstance(job, IndicatorHistoryJob):
        _check_indicators(job)
    else:
        _check_condition(job)
    if now - job.ts_event > most_age_ms:
        raise RefusedJobError("expired", f"ts_event: {job.ts_event} is more than {most_age_ms / 1000:g} s ago")


def _check_condition(job: ConditionHistoryJob) -> None:
    if not 1 <= len(job.symbols) <= MOST_SYMBOLS:
        raise RefusedJobError("invalid-job", f"symbols: 1 to {MOST_SYMBOLS} are evaluated, not {len(job.symbols)}")
    for symbol, count in Counter(job.symbols).items():
        if count > 1:
            raise RefusedJobError("invalid-job", f"symbols: {symbol[:MOST_SYMBOL]!r} is named {count} times")
        _check_symbol("symbols", symbol)
    _check_limit(job.limit, MOST_LIMIT)


def _check_indicators(job: IndicatorHistoryJob) -> None:
    _check_symbol("symbol", job.symbol)
    if len(job.columns) > MOST_COLUMNS:
        raise RefusedJobError("invalid-job", f"columns: at most {MOST_COLUMNS} are computed, not {len(job.columns)}")
    if long := [column for column in job.columns if len(column) > MOST_COLUMN]:
        raise RefusedJobError("invalid-job", f"columns: {long[0][:MOST_COLUMN]!r} has more than {MOST_COLUMN} characters")
    _check_limit(job.limit, MOST_ROWS)


def _check_symbol(field: str, symbol: str) -> None:
    if not (1 <= len(symbol) <= MOST_SYMBOL and symbol.isascii() and symbol.isprintable()):
        raise RefusedJobError("invalid-job", f"{field}: {symbol[:MOST_SYMBOL]!r} is no symbol")


def _check_limit(limit: int, most: int) -> None:
    if not 1 <= limit <= most:
        raise RefusedJobError("invalid-job", f"limit: {limit} must be from 1 to {most}")


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


def refusal(job: HistoryJob, error: RefusedJobError, now: int) -> HistoryResult:
    """The result of a job that is refused."""
    about = ResearchError(code=error.code, message=str(error)[:1000])
    of = IndicatorHistory if isinstance(job, IndicatorHistoryJob) else ConditionHistory
    return of(job_id=job.id[:MOST_ID], error=about, ts_event=job.ts_event, ts_init=now, source=SOURCE)
