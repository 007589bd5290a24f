"""Handles a HistoryReady of the log: reads its bars, merges them with the stored ones, and applies them at that place."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from services.analysis.kernels.closed_bars import BarRecords, no_bars
from services.analysis.live.domain import adjustment_factors, superseded_bars
from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.engine_outcome import EngineOutcome
from services.analysis.live.domain.ports import BarStore, ProvidedBars
from services.analysis.live.domain.provided_bars import bars_of_history
from services.analysis.live.handlers import metrics
from shared.events import History, HistoryReady, Timeframe
from shared.failures import PoisonError
from shared.kafka import RangeGoneError, Record
from shared.topics import HISTORY, Topic

log: Final = structlog.get_logger("analysis.history")
MOST_MESSAGES: Final = 20_000
"""Messages that one HistoryReady may refer to."""
LARGEST: Final = 2**62


@dataclass(frozen=True)
class LoadedHistory:
    """The result of a history."""

    outcome: EngineOutcome
    """To be published."""
    provided: list[ProvidedBars]
    """To be stored: the provider's bars, and stored ones with other factors."""
    resolved: bool = False
    """Only a split suspicion was resolved: these bars and signals are live ones, and the history must be loaded again."""


class HistoryRanges(Protocol):
    """Reads a range of offsets; raises ``RangeGoneError`` and ``TransientError``."""

    async def read(self, topic: Topic[History], partition: int, first: int, last: int) -> list[Record[History]]: ...


class HistoryReader:
    """Loads histories into engines."""

    def __init__(self, ranges: HistoryRanges, stored: BarStore, limit: int) -> None:
        self._ranges = ranges
        self._stored = stored
        self._limit = limit

    async def load(self, engine: Engine, partition: int, ready: HistoryReady) -> LoadedHistory:
        """Loads the history into the engine. Every bar of the symbol that closed before must be in the database.

        Raises:
            PoisonError: the event has no valid range or time.
            TransientError: Kafka or the database is not there.
        """
        if not (0 <= ready.first <= ready.last < ready.first + MOST_MESSAGES and 0 < ready.ts_init < LARGEST):
            raise PoisonError(f"history-ready of {ready.symbol}: offsets {ready.first}..{ready.last}, ts_init {ready.ts_init}")
        if engine.admit(ready.symbol) < 0:
            return LoadedHistory(engine.load(ready.symbol, {}, ready.ts_init), [])
        messages = await self._read_messages(partition, ready)
        stored = await self._stored.closed_bars(ready.symbol, self._limit)
        return await asyncio.to_thread(_apply, engine, ready, messages, stored)

    async def _read_messages(self, partition: int, ready: HistoryReady) -> list[History]:
        try:
            records = await self._ranges.read(HISTORY, partition, ready.first, ready.last)
        except RangeGoneError as error:
            log.warning("history is gone from its topic: the stored bars are used", symbol=ready.symbol, error=str(error))
            metrics.loads.labels("stored").inc()
            return []
        metrics.loads.labels("topic").inc()
        return [record.event for record in records if record.event.symbol == ready.symbol]


def _apply(engine: Engine, ready: HistoryReady, messages: Sequence[History], stored: dict[Timeframe, BarRecords]) -> LoadedHistory:
    symbol = ready.symbol
    fresh = _fresh(engine, ready, messages)
    days = fresh.get(Timeframe.D1, no_bars())
    reports = superseded_bars.contradiction_reports(symbol, stored.get(Timeframe.D1, no_bars()), days, ready.ts_init)
    gone = superseded_bars.superseded(stored, fresh)
    stored = superseded_bars.without_superseded(stored, gone)
    actions = [action for message in messages for action in message.actions]
    moved = adjustment_factors.factors_changed(stored.get(Timeframe.D1, no_bars()), days)
    if moved:  # the provider's days reach further back than its other bars: stored bars take the factors of the days
        stored = adjustment_factors.readjusted(stored, adjustment_factors.factors_of(days, actions))
        metrics.readjusted.inc()
        log.info("factors have changed: the symbol's past is readjusted", symbol=symbol, actions=len(actions))
    whole = adjustment_factors.merge_series(stored, fresh)
    factors = adjustment_factors.factors_of(whole.get(Timeframe.D1), actions)
    resolution = engine.split_resolution(symbol, factors, has_daily=len(days) > 0)
    if resolution is not None:
        log.info("the split suspicion is resolved", symbol=symbol, resolution=resolution)
        provided = _provided(ready, stored, {}) if moved else []
        return LoadedHistory(engine.resolve_split(symbol, resolution, stored, ready.ts_init, factors), provided, resolved=True)
    closed_bars = whole if moved or not fresh else {timeframe: whole[timeframe] for timeframe in fresh}
    outcome = engine.load(symbol, closed_bars, ready.ts_init, factors=factors, superseded=gone, others=whole)
    outcome.quarantined += reports
    return LoadedHistory(outcome, _provided(ready, whole if moved else fresh, gone))


def _fresh(engine: Engine, ready: HistoryReady, messages: Sequence[History]) -> dict[Timeframe, BarRecords]:
    """The bars of the messages, by timeframe."""
    fresh: dict[Timeframe, BarRecords] = {}
    for timeframe in dict.fromkeys(message.timeframe for message in messages):
        own = [message for message in messages if message.timeframe == timeframe]
        bars = bars_of_history(own, ready.ts_init, negative=engine.listed[ready.symbol].negative)
        metrics.history_flaws.inc(max(0, sum(len(message.bars) for message in own) - len(bars)))
        if len(bars):
            bars["session"] = engine.calendar.dates(engine.listed[ready.symbol].exchange, bars["ts_open"])
            fresh[timeframe] = bars
    return fresh


def _provided(
    ready: HistoryReady, bars: dict[Timeframe, BarRecords], gone: Mapping[Timeframe, superseded_bars.Int64s]
) -> list[ProvidedBars]:
    return [
        ProvidedBars(
            ready.symbol, timeframe, run, tuple(gone[timeframe].tolist()) if timeframe in gone else (), known_at=ready.ts_init
        )
        for timeframe, run in bars.items()
    ]
