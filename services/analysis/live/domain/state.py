"""The state of a partition, as arrays that grow with its symbols."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.patterns.layout import ACTIVE, PATTERN, PIVOT, PIVOTS, SWING
from services.analysis.kernels.signatures import PatternMemory
from services.analysis.live.domain.layout import CLOSED, FORMING, KEEP, SOURCES, SYMBOL, TIMEFRAMES, WINDOW
from services.analysis.live.domain.plan_memory import NotWarmedUp, PlanMemory
from services.analysis.live.domain.recent_signals import RecentSignals
from services.analysis.live.domain.tick_arrays import SymbolArrays, WindowArrays
from services.analysis.live.domain.ticks import JUMP
from shared.events import Timeframe

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
Records = npt.NDArray[Any]

CHARTED: Final = (Timeframe.M15, Timeframe.H1, Timeframe.D1)
"""The timeframes that are searched for chart patterns."""


SPLITTING: Final = frozenset({"stock", "etf"})
"""Kinds of instruments that can have splits."""


class PatternStates:
    """The memory of the chart patterns: arrays of shape (symbols, CHARTED, ...)."""

    def __init__(self, room: int = 0) -> None:
        series = (room, len(CHARTED))
        self.swings = np.zeros(series, SWING)
        self.pivots = np.zeros((*series, PIVOTS), PIVOT)
        self.alive = np.zeros((*series, ACTIVE), PATTERN)

    @property
    def arrays(self) -> PatternMemory:
        """The arrays of a checkpoint, row by row; the kernels write them."""
        return PatternMemory(self.swings, self.pivots, self.alive)

    def with_room(self, room: int, used: int) -> PatternStates:
        """A copy with more room."""
        grown = PatternStates(room)
        for mine, before in zip(grown.arrays, self.arrays, strict=True):
            mine[:used] = before[:used]
        return grown


@dataclass
class PartitionState:
    """The arrays of one partition; the first ``len(symbols)`` rows of each are in use."""

    base: PlanMemory
    """Memory of the plan's indicators and rules."""
    extra: tuple[PlanMemory, ...]
    """Memory of the requested indicators, one for each kind."""
    recent_signals: RecentSignals
    """Recent signals, for the sequences."""
    pattern_states: PatternStates = field(default_factory=PatternStates)
    """Memory of the chart patterns."""
    symbols: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    """Kind of each instrument (index, future, stock, etf, fx or crypto), as listed when its row was made."""
    rows: dict[str, int] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    not_warmed_up: NotWarmedUp = field(default_factory=dict)
    pending_bars: Records = field(default_factory=lambda: np.empty(0, CLOSED))
    """Bars (dtype CLOSED) that closed while a split was suspected, in the order of their closing."""

    def __post_init__(self) -> None:
        self._allocate(8)
        self.base, self.extra = self.base.with_room(8, 0), tuple(memory.with_room(8, 0) for memory in self.extra)
        self.pattern_states, self.recent_signals = self.pattern_states.with_room(8, 0), self.recent_signals.with_room(8, 0)

    def _allocate(self, room: int) -> None:
        series = (room, len(TIMEFRAMES))
        self.records = np.zeros(room, SYMBOL)
        self.forming = np.zeros(series, FORMING)
        self.last_seq = np.zeros((room, SOURCES), np.int64)
        o, h, low, c, v, top, bottom = (np.zeros((*series, WINDOW)) for _ in range(7))
        session, ts_close = (np.zeros((*series, WINDOW), np.int64) for _ in range(2))
        self.windows = WindowArrays(o, h, low, c, v, session, ts_close, top, bottom)
        self.records["exchange"] = -1

    @property
    def arrays(self) -> tuple[Records, ...]:
        """The arrays of a checkpoint, row by row."""
        kept: tuple[PlanMemory | PatternStates | RecentSignals, ...] = (
            self.base,
            self.pattern_states,
            self.recent_signals,
            *self.extra,
        )
        return self.records, self.forming, self.last_seq, *(array for each in kept for array in each.arrays)

    def add(self, symbol: str, exchange: int, kind: str, *, negative: bool = False) -> int:
        """Adds a symbol without history. Returns its row."""
        row = len(self.symbols)
        if row == len(self.records):
            self._grow(2 * row)
        self.symbols.append(symbol)
        self.kinds.append(kind)
        self.rows[symbol] = row
        record = self.records[row]
        for name in SYMBOL.names or ():
            record[name] = np.nan if SYMBOL[name].kind == "f" else 0
        record["exchange"], record["splits"], record["negative"] = exchange, kind in SPLITTING, negative
        record["traded_by"] = record["quote_by"] = 1.0
        record["jump"] = JUMP
        return row

    def _grow(self, room: int) -> None:
        used = len(self.symbols)
        old = (self.records, self.forming, self.last_seq, *self.windows)
        self._allocate(room)
        for mine, before in zip((self.records, self.forming, self.last_seq, *self.windows), old, strict=True):
            mine[:used] = before[:used]
        self.base, self.extra = self.base.with_room(room, used), tuple(memory.with_room(room, used) for memory in self.extra)
        self.pattern_states, self.recent_signals = (
            self.pattern_states.with_room(room, used),
            self.recent_signals.with_room(room, used),
        )

    @property
    def symbol_arrays(self) -> SymbolArrays:
        """What the kernel of ticks reads and writes; valid until a symbol is added."""
        return SymbolArrays(self.records[: len(self.symbols)], self.forming, self.last_seq, self.windows)

    @property
    def source_names(self) -> list[str]:
        """The sources in the order of their codes."""
        return list(self.sources)

    def source(self, name: str) -> int:
        """The code of a source; -1 when there are too many already."""
        if name not in self.sources and len(self.sources) < SOURCES:
            self.sources[name] = len(self.sources)
        return self.sources.get(name, -1)

    def move_down(self, only: int | None = None) -> None:
        """Makes room in the windows that are about to be full; with ``only``, in all of that row with more than KEEP bars."""
        full = self.forming["n"] >= WINDOW - 3
        if only is not None:
            full[:] = False
            full[only] = self.forming[only]["n"] > KEEP
        for row, timeframe in np.argwhere(full):
            n = int(self.forming[row, timeframe]["n"])
            for window in self.windows:
                window[row, timeframe, :KEEP] = window[row, timeframe, n - KEEP : n].copy()
            self.forming[row, timeframe]["n"] = KEEP
