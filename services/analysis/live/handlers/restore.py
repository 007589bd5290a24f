"""Restores a partition from its checkpoint, or, with a warning, from the stored bars."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import structlog

from services.analysis.kernels.conditions.other_instruments import OtherInstruments
from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.checkpoint import UnreadableStateError, fill, needed_windows, parse
from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.ports import BarStore, Checkpoint, CheckpointStore, InstrumentLookup
from services.analysis.live.domain.series_runner import SeriesRunner
from services.analysis.live.domain.user_conditions import ConditionSet
from services.analysis.live.handlers import metrics
from shared.kafka import partition_of
from shared.topics import TICKS

log: Final = structlog.get_logger("analysis.restore")
RestoreKind = Literal["checkpoint", "cold", "none", "version", "log", "unreadable"]


@dataclass(frozen=True)
class RestoredEngine:
    """A restored engine."""

    engine: Engine
    next_offset: int | None
    """The offset at which to read on; None: from the start of the log."""
    saved_offset: int | None
    """The stored checkpoint's offset, for the next compare-and-set."""


class Restorer:
    """Restores engines. All methods raise ``TransientError`` when the database is not there."""

    def __init__(
        self, checkpoints: CheckpointStore, stored: BarStore, instruments: InstrumentLookup, calendar: Calendar,
        series: SeriesRunner, limit: int, conditions: Callable[[], ConditionSet] = ConditionSet,
        others: Callable[[], OtherInstruments] = OtherInstruments,
    ) -> None:  # fmt: skip
        """``limit``: newest bars of a series that a rebuild reads. ``conditions``, ``others``: what a rebuild starts with."""
        self._checkpoints = checkpoints
        self._stored = stored
        self._instruments = instruments
        self._calendar = calendar
        self._series = series
        self._limit = limit
        self._conditions = conditions
        self._others = others

    async def restore(self, partition: int, log_start: int) -> RestoredEngine:
        """The engine of a partition, from its checkpoint or else rebuilt from stored bars to read the log from its start."""
        began = time.monotonic()
        checkpoint = await self._checkpoints.load(partition)
        engine = self._empty()
        kind = self._usable(checkpoint, engine, log_start)
        if checkpoint is not None and kind == "checkpoint":
            try:
                engine = await self._from(checkpoint)
                if engine.realigned:
                    log.warning(
                        "the calendar has other hours than the checkpoint", partition=partition, forming_bars=engine.realigned
                    )
            except UnreadableStateError as error:
                log.warning("the checkpoint cannot be used", partition=partition, error=str(error))
                kind, engine = "unreadable", self._empty()
        if kind != "checkpoint":
            rebuilt = await self._rebuild(engine, partition)
            if checkpoint is None and not rebuilt:
                kind = "cold"
            else:
                log.warning(
                    "rebuilt from stored bars",
                    partition=partition,
                    reason=kind,
                    symbols=rebuilt,
                    requested=len(engine.requested),
                    log_start=log_start,
                )
        metrics.restores.labels(kind).inc()
        metrics.restore_seconds.labels(kind).observe(time.monotonic() - began)
        saved = None if checkpoint is None else checkpoint.next_offset
        return RestoredEngine(engine, saved if kind == "checkpoint" else None, saved)

    def _empty(self) -> Engine:
        return Engine(self._calendar, self._instruments.listed, self._series)

    @staticmethod
    def _usable(checkpoint: Checkpoint | None, engine: Engine, log_start: int) -> RestoreKind:
        if checkpoint is None:
            return "none"
        if checkpoint.state_version != engine.version():
            return "version"
        return "log" if checkpoint.next_offset < log_start else "checkpoint"

    async def _from(self, checkpoint: Checkpoint) -> Engine:
        saved = parse(checkpoint.state)
        state = self._series.with_requested(saved.requested).state()
        fill(state, saved)
        windows = await self._stored.windows(needed_windows(state))
        return Engine.restore(checkpoint.state, windows, self._calendar, self._instruments.listed, self._series)

    async def _rebuild(self, engine: Engine, partition: int) -> int:
        symbols = [
            symbol
            for symbol in sorted(await self._stored.symbols())
            if symbol in self._instruments.listed and partition_of(symbol, TICKS.partitions) == partition
        ]
        conditions = self._conditions()
        engine.request_indicators(conditions.requested)  # they process the same bars, so they need no warm-up
        engine.set_others(self._others())
        engine.set_conditions(conditions)
        for symbol in symbols:
            closed_bars = await self._stored.closed_bars(symbol, self._limit)
            await asyncio.to_thread(engine.load, symbol, closed_bars, 0, tail=0)
        return len(symbols)
