"""Computes indicators over stored bars: reads the bars, runs the kernels in threads, answers a window of the rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from functools import partial
from typing import Final, Protocol

from services.analysis.kernels.machine_code import MachineCode
from services.analysis.research.domain.evaluation import InstrumentPast
from services.analysis.research.domain.indicator_series import (
    ColumnNeeds,
    IndicatorSeries,
    column_needs,
    indicator_series,
    result,
    timeframes,
)
from services.analysis.research.domain.jobs import RefusedJobError
from services.analysis.research.domain.kept_series import KeptSeries
from services.analysis.research.handlers.condition_histories import Compilations, Threads
from shared.events import IndicatorHistory, IndicatorHistoryJob, Timeframe

KEPT_BYTES: Final = 128 * 1024 * 1024
KEPT_MS: Final = 10_000
"""How long a series is kept: a reader asks for page after page."""


class SeriesTables(Protocol):
    """Reads the database; raises ``TransientError``."""

    async def past(self, symbol: str, timeframes: Collection[Timeframe]) -> InstrumentPast: ...


class IndicatorHistories:
    """Computes jobs, a few side by side, in the threads that conditions are evaluated in."""

    def __init__(
        self,
        tables: SeriesTables,
        code: MachineCode,
        compilations: Compilations,
        threads: Threads,
        most: int,
        clock: Callable[[], int],
    ) -> None:
        """``most``: instruments whose bars are in memory at the same time. ``clock``: milliseconds since the epoch."""
        self._tables = tables
        self._code = code
        self._compilations = compilations
        self._threads = threads
        self._room = asyncio.Semaphore(most)
        self._clock = clock
        self._kept = KeptSeries(KEPT_BYTES, KEPT_MS)

    async def evaluate(self, job: IndicatorHistoryJob) -> IndicatorHistory:
        """The result of a job. Raises ``RefusedJobError``, ``TransientError``."""
        needs = column_needs(job.columns)
        if error := await self._compilations.ready([kind for kind, _ in needs.indicators]):
            raise RefusedJobError("not-supported", f"columns: {error}")
        series = await self._series(job.symbol, job.timeframe, needs)
        return await self._threads.run(partial(result, job, series, self._clock()))

    async def _series(self, symbol: str, timeframe: Timeframe, needs: ColumnNeeds) -> IndicatorSeries:
        key = symbol, timeframe, needs.columns, needs.indicators
        async with self._room:
            if (kept := self._kept.get(key, self._clock())) is not None:
                return kept
            began = self._clock()
            past = await self._tables.past(symbol, timeframes(timeframe))
            series = await self._threads.run(partial(indicator_series, past, timeframe, needs, self._code))
            self._kept.put(key, series, began)
            return series
