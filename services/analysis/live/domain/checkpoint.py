"""The state of a partition as bytes and back, bit by bit. Windows are not in it: they are rows of the table of bars."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np

from services.analysis.kernels.closed_bars import BarRecords, adjusted
from services.analysis.kernels.plan import IndicatorSpec
from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.layout import CLOSED, FORMING, KEEP, SOURCES, SYMBOL, TIMEFRAME_CODES, TIMEFRAMES, WINDOW
from services.analysis.live.domain.recent_signals import FIRED
from services.analysis.live.domain.state import PartitionState
from services.analysis.live.domain.ticks import KERNEL_VERSION
from shared.events import Timeframe

FORMAT: Final = 5


class UnreadableStateError(ValueError):
    """These bytes are no state of this version, or the stored bars do not go with it: rebuild."""


class Saved(msgspec.Struct, frozen=True):
    """A state as it lies in the table of checkpoints, unpacked."""

    symbols: list[str]
    kinds: list[str]
    sources: list[str]
    arrays: list[bytes]
    requested: list[tuple[str, tuple[float, ...]]]
    """Indicators beside the plan's; their memory is the last of the arrays."""
    not_warmed_up: dict[int, list[tuple[str, tuple[float, ...]]]]
    """Row of a symbol -> those of them that have not seen its past yet."""
    pending_bars: bytes
    """Bars that wait while a split is suspected."""


@dataclass(frozen=True)
class NeededWindow:
    """The newest ``n`` closed bars of a series go with a state."""

    symbol: str
    timeframe: Timeframe
    n: int


def state_version(plan: str, calendar: Calendar) -> str:
    """Names everything that shapes a state: the plan of indicators and rules, the kernel, the layout."""
    text = repr(
        (
            FORMAT,
            plan,
            KERNEL_VERSION,
            SYMBOL.descr,
            FORMING.descr,
            CLOSED.descr,
            FIRED.descr,
            WINDOW,
            KEEP,
            SOURCES,
            TIMEFRAMES,
            sorted(calendar.codes),
        )
    )
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def dump(state: PartitionState, requested: Sequence[IndicatorSpec]) -> bytes:
    """The state as bytes."""
    used = len(state.symbols)
    arrays = [array[:used].tobytes() for array in state.arrays]
    not_warmed_up = {row: sorted(missing) for row, missing in state.not_warmed_up.items()}
    saved = Saved(
        state.symbols, state.kinds, list(state.sources), arrays, list(requested), not_warmed_up, state.pending_bars.tobytes()
    )
    return zlib.compress(msgspec.msgpack.encode(saved), 1)


def parse(blob: bytes) -> Saved:
    """What ``dump`` packed.

    Raises:
        UnreadableStateError: the bytes are damaged.
    """
    try:
        return msgspec.msgpack.decode(zlib.decompress(blob), type=Saved)
    except (zlib.error, msgspec.DecodeError) as error:
        raise UnreadableStateError(f"checkpoint of {len(blob)} bytes: {error}") from error


def fill(state: PartitionState, saved: Saved) -> None:
    """Puts a saved state into an empty one; ``restore_window`` is still to come.

    Raises:
        UnreadableStateError: an array has another size than it should.
    """
    for symbol, kind in zip(saved.symbols, saved.kinds, strict=True):
        state.add(symbol, -1, kind)
    for source in saved.sources:
        state.source(source)
    for array, data in zip(state.arrays, saved.arrays, strict=True):
        used = array[: len(saved.symbols)]
        if len(data) != used.nbytes:
            raise UnreadableStateError(f"checkpoint: {len(data)} bytes where {used.nbytes} belong")
        used[...] = np.frombuffer(data, array.dtype).reshape(used.shape)
    if len(saved.pending_bars) % CLOSED.itemsize:
        raise UnreadableStateError(f"checkpoint: {len(saved.pending_bars)} bytes are no bars of {CLOSED.itemsize}")
    state.not_warmed_up = {row: frozenset(missing) for row, missing in saved.not_warmed_up.items()}
    state.pending_bars = np.frombuffer(saved.pending_bars, CLOSED).copy()


def needed_windows(state: PartitionState) -> list[NeededWindow]:
    """The bars that have to be read back for a state."""
    counts: Any = state.forming["n"][: len(state.symbols)]
    return [
        NeededWindow(state.symbols[row], TIMEFRAMES[code], int(counts[row, code])) for row, code in np.argwhere(counts).tolist()
    ]


def restore_window(state: PartitionState, series: NeededWindow, bars: BarRecords) -> None:
    """Puts stored bars back into their window.

    Raises:
        UnreadableStateError: they are not the bars that the state was saved with.
    """
    row, code = state.rows[series.symbol], TIMEFRAME_CODES[series.timeframe]
    waiting = state.pending_bars[(state.pending_bars["row"] == row) & (state.pending_bars["timeframe"] == code)]
    end = int(state.forming[row, code]["last_end"])
    newest = int(bars["ts_close"][-1]) if len(bars) else -1
    if len(bars) != series.n or not (newest == end or (len(waiting) and newest < waiting["close_at"][0])):
        raise UnreadableStateError(f"{series.symbol} {series.timeframe}: {len(bars)} stored bars, not the {series.n} up to {end}")
    seen = adjusted(bars)
    for name, window in state.windows._asdict().items():
        window[row, code, : series.n] = getattr(seen, name)  # the 52-week context of old bars is not looked at again
