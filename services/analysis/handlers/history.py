"""A HistoryReady stands in the log: its bars are fetched, put together with the stored ones, and take effect at that place."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

import structlog

from services.analysis.domain import past
from services.analysis.domain.engine import Engine
from services.analysis.domain.outcome import Outcome
from services.analysis.domain.past import Bars
from services.analysis.domain.ports import BarStore, Provided
from services.analysis.handlers import measures
from shared.events import History, HistoryReady, Timeframe
from shared.failures import PoisonError
from shared.kafka import RangeGoneError, Record
from shared.topics import HISTORY, Topic

log: Final = structlog.get_logger("analysis.history")
MOST_MESSAGES: Final = 20_000
"""Messages that one HistoryReady may name."""
LARGEST: Final = 2**62


class Ranges(Protocol):
    """Reads a range of offsets; raises ``RangeGoneError`` and ``TransientError``."""

    async def read(self, topic: Topic[History], partition: int, first: int, last: int) -> list[Record[History]]: ...


class HistoryReader:
    """Makes histories take effect."""

    def __init__(self, ranges: Ranges, stored: BarStore, most: int) -> None:
        self._ranges = ranges
        self._stored = stored
        self._most = most

    async def take(self, engine: Engine, partition: int, ready: HistoryReady) -> tuple[Outcome, list[Provided]]:
        """Loads the history into the engine. Every bar of the symbol that closed before must be in the database.

        Returns what is to be published, and the provider's bars, which are to be stored.

        Raises:
            PoisonError: the event names no sensible range or time.
            TransientError: Kafka or the database is not there.
        """
        if not (0 <= ready.first <= ready.last < ready.first + MOST_MESSAGES and 0 < ready.ts_init < LARGEST):
            raise PoisonError(f"history-ready of {ready.symbol}: offsets {ready.first}..{ready.last}, ts_init {ready.ts_init}")
        if engine.admit(ready.symbol) < 0:
            return engine.load(ready.symbol, {}, ready.ts_init), []
        told = await self._told(partition, ready)
        stored = await self._stored.pasts(ready.symbol, self._most)
        return await asyncio.to_thread(_apply, engine, ready, told, stored)

    async def _told(self, partition: int, ready: HistoryReady) -> list[History]:
        try:
            records = await self._ranges.read(HISTORY, partition, ready.first, ready.last)
        except RangeGoneError as error:
            log.warning("history is gone from its topic: the stored bars stand in", symbol=ready.symbol, error=str(error))
            measures.loads.labels("stored").inc()
            return []
        measures.loads.labels("topic").inc()
        return [record.event for record in records if record.event.symbol == ready.symbol]


def _apply(
    engine: Engine, ready: HistoryReady, told: Sequence[History], stored: dict[Timeframe, Bars]
) -> tuple[Outcome, list[Provided]]:
    fresh: dict[Timeframe, Bars] = {}
    for timeframe in dict.fromkeys(message.timeframe for message in told):
        messages = [message for message in told if message.timeframe == timeframe]
        bars = past.of_history(messages, ready.ts_init)
        measures.history_flaws.inc(max(0, sum(len(message.bars) for message in messages) - len(bars)))
        if len(bars):
            bars["session"] = engine.calendar.dates(engine.listings[ready.symbol].exchange, bars["ts_open"])
            fresh[timeframe] = bars
    provided = [Provided(ready.symbol, timeframe, bars) for timeframe, bars in fresh.items()]
    changed = {timeframe: past.merged(stored.get(timeframe, past.empty()), bars) for timeframe, bars in fresh.items()}
    return engine.load(ready.symbol, changed or stored, ready.ts_init), provided
