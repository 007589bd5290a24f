"""Warms up requested indicators from the past of each symbol, one symbol at a time, while ticks are applied.

A task beside the consumer's loop reads the past from the database. Between two batches the bars that closed since are added, and
the indicators of that symbol are warmed up. The progress is part of the next checkpoint, so a restart continues from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

import structlog

from services.analysis.kernels.closed_bars import BarRecords, merge_bars, no_bars
from services.analysis.live.domain.ports import BarStore
from services.analysis.live.handlers import metrics
from services.analysis.live.handlers.partition import Partition
from shared.events import Timeframe
from shared.waiting import Refresher

log: Final = structlog.get_logger("analysis.warm-up")
IDLE_SECONDS: Final = 0.2


class WarmUpReports(Protocol):
    """Where others read what is being warmed up; raises ``TransientError``."""

    async def report(self, partition: int, columns: Sequence[str], symbols_left: int, now: int) -> None: ...


@dataclass(frozen=True)
class _Past:
    """The stored bars of a symbol, read after ``loads`` histories of it had been loaded."""

    partition: Partition
    symbol: str
    loads: int
    bars: Mapping[Timeframe, BarRecords]


class WarmUp:
    """Finds symbols that are not warmed up, reads their past, and applies it between batches."""

    def __init__(
        self,
        stored: BarStore,
        limit: int,
        reports: WarmUpReports,
        clock: Callable[[], int],
        uncompiled: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """``limit``: newest bars of a series that an indicator is warmed up from; ``clock``: milliseconds since the epoch.

        ``uncompiled``: columns whose indicators do not run yet, since their code is being compiled.
        """
        self._uncompiled = uncompiled
        self._stored = stored
        self._limit = limit
        self._reports = reports
        self._clock = clock
        self._reported: dict[int, tuple[list[str], int]] = {}
        self._read: _Past | None = None

    async def run(self, partitions: Mapping[int, Partition], stopping: asyncio.Event) -> None:
        """Reads one past after the other until the stop. Waits while the database is not available."""
        await Refresher(partial(self._read_next, partitions), "the past of a symbol", IDLE_SECONDS, stopping).run()

    async def _read_next(self, partitions: Mapping[int, Partition]) -> None:
        if self._read is not None:
            return
        waiting = {number: symbols for number, mine in partitions.items() if (symbols := mine.engine.not_warmed_up)}
        metrics.warming_up.set(sum(map(len, waiting.values())))
        await self._report(partitions)
        if waiting:
            mine = partitions[max(waiting, key=lambda number: len(waiting[number]))]
            symbol = waiting[mine.number][0]
            loads = mine.loads[symbol]
            self._read = _Past(mine, symbol, loads, await self._stored.closed_bars(symbol, self._limit))

    async def _report(self, partitions: Mapping[int, Partition]) -> None:
        """Writes down what has changed since the last time; a partition that is new here replaces what another process wrote."""
        self._reported = {number: report for number, report in self._reported.items() if number in partitions}
        for number, mine in list(partitions.items()):
            uncompiled, engine = self._uncompiled(), mine.engine
            columns = sorted({*engine.columns_not_warmed_up, *uncompiled})
            report = columns, len(engine.state.symbols if uncompiled else engine.not_warmed_up)
            if self._reported.get(number) != report:
                await self._reports.report(number, *report, self._clock())
                self._reported[number] = report

    async def apply(self, partitions: Mapping[int, Partition], save: Callable[[Partition], Awaitable[None]]) -> None:
        """Applies the past that was read last, if there is one. Called between batches.

        Raises:
            TransientError: the database is not there; the next call tries again.
            FencedError: another process owns the partition.
        """
        past = self._read
        if past is None:
            return
        mine, symbol = past.partition, past.symbol
        if partitions.get(mine.number) is not mine or past.loads != mine.loads[symbol]:
            self._read = None  # the partition was restored or a history was loaded since: read it again
            return
        await save(mine)  # closed bars must be in the database, since they are read back
        after = {timeframe: int(bars["ts_close"][-1]) for timeframe, bars in past.bars.items() if len(bars)}
        newer = await self._stored.closed_bars(symbol, self._limit, after)
        whole = {
            timeframe: merge_bars(past.bars.get(timeframe, no_bars()), newer.get(timeframe, no_bars()))
            for timeframe in {*past.bars, *newer}
        }
        await asyncio.to_thread(mine.engine.warm_up, symbol, whole)
        self._read = None
        mine.unsaved = True
        if not mine.engine.not_warmed_up:
            log.info("requested indicators are warmed up", partition=mine.number, requested=len(mine.engine.requested))
