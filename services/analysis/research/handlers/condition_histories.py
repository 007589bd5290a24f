"""Evaluates conditions over stored history: reads the bars, runs the kernels in threads."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Protocol, TypeVar

from services.analysis.kernels.conditions.other_instruments import OtherInstruments
from services.analysis.kernels.conditions.required_indicators import required_indicators
from services.analysis.kernels.conditions.times import ExchangeTimes
from services.analysis.kernels.groups.condition_values import GroupValues
from services.analysis.kernels.machine_code import MachineCode
from services.analysis.kernels.signatures import PatternKernels
from services.analysis.research.domain import conditions
from services.analysis.research.domain.evaluation import InstrumentPast, session_values, symbol_history
from services.analysis.research.domain.jobs import RefusedJobError, result
from services.analysis.research.domain.known_groups import KnownGroups
from services.analysis.research.domain.series import NeededSeries, needed_series
from shared.conditions import Condition
from shared.conditions.expression import Elsewhere
from shared.events import ConditionHistory, ConditionHistoryJob, SymbolHistory, Timeframe
from shared.sequences import SignalSequence
from shared.tasks import run_all

T = TypeVar("T")


class HistoryTables(Protocol):
    """Reads the database; all raise ``TransientError``."""

    async def past(self, symbol: str, timeframes: Collection[Timeframe]) -> InstrumentPast: ...

    async def benchmark(self, symbol: str, exchange: str) -> str: ...

    async def sequences(self, ids: Collection[str], symbol: str) -> tuple[SignalSequence, ...]: ...


class GroupReader(Protocol):
    """Reads the closes of industries and benchmarks; raises ``TransientError``."""

    async def known(self, nodes: Collection[Elsewhere], symbols: Collection[str]) -> KnownGroups: ...


class Calendars(Protocol):
    """Reads sessions; blocks."""

    def times(self, exchanges: Collection[str], today: dt.date) -> Mapping[str, ExchangeTimes]: ...


class Compilations(Protocol):
    """Has kinds of indicators compiled."""

    async def ready(self, kinds: Collection[str]) -> str: ...


class Threads(Protocol):
    """Runs functions in threads."""

    async def run(self, function: Callable[[], T]) -> T: ...


class ConditionHistories:
    """Evaluates jobs, instrument by instrument, so that a job with many of them does not stop the others."""

    def __init__(
        self,
        tables: HistoryTables,
        groups: GroupReader,
        calendars: Calendars,
        code: MachineCode,
        pattern_kernels: Callable[[], PatternKernels],
        compilations: Compilations,
        threads: Threads,
        most: int,
        clock: Callable[[], int],
    ) -> None:
        """``most``: instruments whose bars are in memory at the same time. ``clock``: milliseconds since the epoch."""
        self._tables = tables
        self._groups = groups
        self._calendars = calendars
        self._code = code
        self._pattern_kernels = pattern_kernels
        self._compilations = compilations
        self._threads = threads
        self._room = asyncio.Semaphore(most)
        self._clock = clock

    async def evaluate(self, job: ConditionHistoryJob) -> ConditionHistory:
        """The result of a job. Raises ``RefusedJobError``, ``TransientError``."""
        condition = await self._threads.run(partial(conditions.read, job.condition))
        if error := await self._compilations.ready([kind for kind, _ in required_indicators(condition)]):
            raise RefusedJobError("not-supported", f"condition: {condition.text!r}: {error}")
        groups = await self._group_values(condition, job.symbols)
        found = await run_all(*(self._in_turn(condition, symbol, groups, job.limit) for symbol in job.symbols))
        return result(job, condition, tuple(found), self._clock())

    async def _group_values(self, condition: Condition, symbols: Collection[str]) -> GroupValues:
        """Those of all instruments of a job, which often share an industry."""
        known = await self._groups.known(conditions.group_nodes(condition), symbols)
        if not known.needs.wanted:
            return GroupValues()
        exchanges = await self._threads.run(partial(self._calendars.times, known.exchanges, self._today()))
        return await self._threads.run(partial(known.values, exchanges, self._code.core))

    async def _in_turn(self, condition: Condition, symbol: str, groups: GroupValues, limit: int) -> SymbolHistory:
        async with self._room:
            return await self._one(condition, symbol, groups, limit)

    async def _one(self, condition: Condition, symbol: str, groups: GroupValues, limit: int) -> SymbolHistory:
        past = await self._tables.past(symbol, conditions.timeframes(condition))
        benchmark = await self._tables.benchmark(symbol, past.exchange) if conditions.reads_benchmark(condition) else ""
        references = conditions.references(condition, benchmark)
        pasts = {other: await self._tables.past(other, [Timeframe.D1]) for other in references}
        sequences = await self._tables.sequences(conditions.sequence_ids(condition), symbol)
        exchanges: Mapping[str, ExchangeTimes] = {}
        if conditions.reads_sessions(condition):
            names = {each.exchange for each in (past, *pasts.values()) if each.exchange}
            exchanges = await self._threads.run(partial(self._calendars.times, names, self._today()))

        def evaluated() -> SymbolHistory:
            known = {
                other: session_values(pasts[other], nodes, self._series(condition, pasts[other]), exchanges)
                for other, nodes in references.items()
            }
            others = OtherInstruments(known, {symbol: benchmark} if benchmark else {}, groups)
            return symbol_history(condition, past, self._series(condition, past), exchanges, others, sequences, limit)

        return await self._threads.run(evaluated)

    def _series(self, condition: Condition, past: InstrumentPast) -> NeededSeries:
        return needed_series([condition], past.kind, self._code, self._pattern_kernels)

    def _today(self) -> dt.date:
        return dt.datetime.fromtimestamp(self._clock() / 1000, dt.UTC).date()
