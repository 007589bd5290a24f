"""Computes the values of other instruments that conditions read, from their stored daily bars, beside the consumer's loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from services.analysis.kernels.closed_bars import BarRecords, inputs, no_bars
from services.analysis.kernels.conditions.derived import derived_needs
from services.analysis.kernels.conditions.other_instruments import BENCHMARK, OtherInstruments, SessionValues, not_computed
from services.analysis.kernels.conditions.whole_series import values_of
from services.analysis.kernels.plan import IndicatorSpec
from services.analysis.live.domain.checkpoint import NeededWindow
from services.analysis.live.domain.derived_past import symbol_past
from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.ports import BarStore
from services.analysis.live.domain.user_conditions import ConditionSet
from shared.conditions import Node
from shared.events import Timeframe

AGAIN_SECONDS: Final = 900.0
"""How often all bars are read again, since a correction may change an old one."""


class BenchmarkReader(Protocol):
    """Reads the benchmark of each instrument that has one; raises ``TransientError``."""

    async def benchmarks(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class _Read:
    """What was computed for a symbol, and from what."""

    newest: tuple[int, float]
    nodes: frozenset[Node]
    requested: tuple[IndicatorSpec, ...]
    at: float
    values: SessionValues


class ReferencedInstruments:
    """Reads and computes; a symbol again when it has a new daily bar, or after ``AGAIN_SECONDS``."""

    def __init__(
        self,
        stored: BarStore,
        benchmarks: BenchmarkReader,
        empty_engine: Callable[[], Engine],
        limit: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``limit``: newest daily bars that are read; ``empty_engine``: an engine without symbols, never one of a partition."""
        self._stored = stored
        self._benchmarks = benchmarks
        self._empty_engine = empty_engine
        self._limit = limit
        self._clock = clock
        self._read: dict[str, _Read] = {}
        self._current = OtherInstruments()

    async def current(self, conditions: ConditionSet) -> OtherInstruments:
        """The values that these conditions read; the same object while nothing has changed. Raises ``TransientError``."""
        nodes: dict[str, set[Node]] = {}
        benchmarks: Mapping[str, str] = {}
        for node in conditions.references:
            if not_computed(node):
                continue
            if node.instrument == BENCHMARK:
                benchmarks = benchmarks or await self._benchmarks.benchmarks()
                for symbol in set(benchmarks.values()):
                    nodes.setdefault(symbol, set()).add(node.operand)
            else:
                nodes.setdefault(node.instrument, set()).add(node.operand)
        self._read = {symbol: read for symbol, read in self._read.items() if symbol in nodes}
        for symbol, wanted in sorted(nodes.items()):
            await self._one(symbol, frozenset(wanted), conditions.requested)
        found = OtherInstruments({symbol: read.values for symbol, read in self._read.items()}, benchmarks)
        same = found.benchmarks == self._current.benchmarks and found.known.keys() == self._current.known.keys()
        if not (same and all(values is self._current.known[symbol] for symbol, values in found.known.items())):
            self._current = found
        return self._current

    async def _one(self, symbol: str, nodes: frozenset[Node], requested: tuple[IndicatorSpec, ...]) -> None:
        newest = await self._bars(symbol, 1)
        state = (int(newest["ts_close"][-1]), float(newest["price_factor"][-1])) if len(newest) else (0, 0.0)
        before = self._read.get(symbol)
        same = before is not None and (before.newest, before.nodes, before.requested) == (state, nodes, requested)
        if same and before is not None and self._clock() - before.at < AGAIN_SECONDS:
            return
        bars = await self._bars(symbol, self._limit)
        values = await asyncio.to_thread(_computed, self._empty_engine(), symbol, nodes, requested, bars)
        self._read[symbol] = _Read(state, nodes, requested, self._clock(), values)

    async def _bars(self, symbol: str, n: int) -> BarRecords:
        found = await self._stored.windows([NeededWindow(symbol, Timeframe.D1, n)])
        return found.get((symbol, Timeframe.D1), no_bars())


def _computed(
    engine: Engine, symbol: str, nodes: frozenset[Node], requested: tuple[IndicatorSpec, ...], bars: BarRecords
) -> SessionValues:
    engine.request_indicators(requested)
    row = engine.admit(symbol)
    if row < 0 or not len(bars):
        return SessionValues("", bars["session"], {})
    past = symbol_past(engine.state, row, engine.series, engine.known_values, ())
    whole = past.series(inputs({Timeframe.D1: bars}), {Timeframe.D1: derived_needs(nodes)})
    values = {node: values_of(engine.series.code.core, node, Timeframe.D1, engine.series.columns, whole) for node in nodes}
    return SessionValues(engine.listed[symbol].exchange, bars["session"].copy(), values)
