"""Has indicators computed by analysis research: a few requests at a time, each within a time limit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from services.gateway.domain.bar_windows import BarWindow
from services.gateway.domain.computed_rows import ComputedRows, computed_rows, indicator_job
from services.gateway.domain.problems import RequestError
from services.gateway.domain.research_refusals import LATER_SECONDS
from shared.events import IndicatorHistory, IndicatorHistoryJob, Timeframe
from shared.failures import TransientError
from shared.kafka import NoResultError

log: Final = structlog.get_logger("gateway.indicators")
MOST: Final = 8
"""Requests that are computed at the same time; another is refused at once."""
SILENT_MS: Final = 10_000
"""How long requests that can do without are not computed, after there was no answer."""


class IndicatorJobs(Protocol):
    """The method of a ``JobClient`` that is used."""

    async def indicators(self, job: IndicatorHistoryJob, seconds: float) -> IndicatorHistory:
        """The result. Raises NoResultError, TransientError."""
        ...


@dataclass
class ComputedIndicators:
    """Asks analysis research, and remembers that it did not answer."""

    jobs: IndicatorJobs | None = None
    running: int = 0
    silent_until: int = 0

    async def rows(
        self, symbol: str, timeframe: Timeframe, columns: tuple[str, ...], window: BarWindow, now: int, seconds: float
    ) -> ComputedRows:
        """The rows of a window. ``now``: milliseconds since the epoch.

        Raises:
            RequestError: analysis research is not connected, busy, silent, or refuses the columns.
        """
        if self.jobs is None:
            raise _unavailable("this gateway is not connected to analysis research", "analysis-absent")
        if self.running >= MOST:
            raise _unavailable(f"{MOST} requests are computed already", "analysis-busy")
        job = indicator_job(uuid.uuid4().hex, symbol, timeframe, columns, window, now)
        self.running += 1
        try:
            found = await self.jobs.indicators(job, seconds)
        except (NoResultError, TransientError) as error:
            log.warning("analysis research does not answer", error=str(error))
            self.silent_until = now + SILENT_MS
            raise _unavailable("analysis research does not answer now", "analysis-silent") from error
        finally:
            self.running -= 1
        return computed_rows(found)

    async def older_rows(
        self, symbol: str, timeframe: Timeframe, window: BarWindow, now: int, seconds: float
    ) -> ComputedRows | str:
        """The default columns of a window, or why they cannot be had now."""
        if now < self.silent_until:
            return "analysis research does not answer now"
        try:
            return await self.rows(symbol, timeframe, (), window, now, seconds)
        except RequestError as error:
            return error.detail


def _unavailable(why: str, code: str) -> RequestError:
    return RequestError("unavailable", f"{why}; try again later", retry_after=LATER_SECONDS, code=code)
