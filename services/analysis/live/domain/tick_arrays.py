"""The tuples of arrays that the kernel of ``ticks.py`` takes; ``layout.py`` has the dtypes of their records."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
Records = npt.NDArray[Any]


class TickColumns(NamedTuple):
    """Ticks, each field of shape (ticks,)."""

    row: Int64s
    """The symbol's row; -1 for an unknown symbol."""
    source: Int64s
    """Code of the source; -1 for one too many."""
    replayed: Int64s
    finest: Int64s
    """Code of the finest timeframe that the tick is for."""
    ts_event: Int64s
    ts_init: Int64s
    seq: Int64s
    price: Floats
    size: Floats
    day_volume: Floats
    """NaN where none is given."""


class TickEvents(NamedTuple):
    """A batch of the tick log."""

    ticks: TickColumns
    heartbeats: Records
    """(heartbeats,) of HEARTBEAT."""


class WindowArrays(NamedTuple):
    """Closed bars, adjusted, oldest first; each field of shape (symbols, timeframes, WINDOW), filled up to ``forming.n``."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    session: Int64s
    """Session date, yyyymmdd."""
    ts_close: Int64s
    year_high: Floats
    """52-week context of the newest bar. The values of older bars are not used."""
    year_low: Floats


class SymbolArrays(NamedTuple):
    """The state of all symbols. Written."""

    records: Records
    """(symbols,) of SYMBOL."""
    forming: Records
    """(symbols, timeframes) of FORMING."""
    last_seq: Int64s
    """(symbols, SOURCES): the newest ``Tick.seq`` of each source."""
    windows: WindowArrays
    frames: Records
    """(timeframes,) of FRAME. Only read."""


class SessionArrays(NamedTuple):
    """The sessions of all exchanges: exchange number e owns ``sessions[bounds[e]:bounds[e + 1]]``."""

    bounds: Int64s
    """(exchanges + 1,)."""
    sessions: Records
    """(sessions,) of SESSION."""


class TickOutput(NamedTuple):
    """Room for what ticks and heartbeats bring about. Written."""

    closed: Records
    """(room,) of CLOSED: room for two bars and two snapshots a timeframe for every symbol."""
    rejected: Records
    """(room,) of REJECTED."""
    counts: Int64s
    """(reasons,): events by what became of them."""
    touched: npt.NDArray[np.bool_]
    """(symbols,): whether the quote of a symbol may have changed."""
