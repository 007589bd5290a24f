"""Serializes the state of a partition, bit by bit. The windows are not included: they are read back from the table of bars."""

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
from services.analysis.live.domain.derived_memory import DerivedMemory, Key
from services.analysis.live.domain.layout import CLOSED, FORMING, KEEP, SOURCES, SYMBOL, TIMEFRAME_CODES, TIMEFRAMES, WINDOW
from services.analysis.live.domain.recent_signals import FIRED
from services.analysis.live.domain.state import CHARTED, PartitionState
from services.analysis.live.domain.ticks import KERNEL_VERSION
from shared.events import Timeframe

FORMAT: Final = 7


class UnreadableStateError(ValueError):
    """The bytes are no state of this version, or the stored bars do not match it: the state must be rebuilt."""


class SavedSeries(msgspec.Struct, frozen=True, array_like=True):
    """The memory of the derived values of one series: see ``DerivedMemory``."""

    row: int
    timeframe: int
    widths: list[tuple[int, int]]
    slots: bytes
    exported: list[int]
    closes: bytes
    values: bytes
    not_warmed_up: list[int]


class SavedState(msgspec.Struct, frozen=True):
    """A state in the table of checkpoints, unpacked."""

    symbols: list[str]
    kinds: list[str]
    sources: list[str]
    arrays: list[bytes]
    requested: list[tuple[str, tuple[float, ...]]]
    """Indicators beyond the plan's; their memory is the last of the arrays."""
    not_warmed_up: dict[int, list[tuple[str, tuple[float, ...]]]]
    """Row of a symbol -> the requested indicators that are not warmed up for it."""
    pending_bars: bytes
    """Bars (dtype CLOSED) that are pending while a split is suspected."""
    names: list[str]
    """The texts of derived values; below they are indices of this list."""
    derived: list[SavedSeries]


@dataclass(frozen=True)
class NeededWindow:
    """The newest ``n`` closed bars of a series, which a state needs."""

    symbol: str
    timeframe: Timeframe
    n: int


def state_version(plan: str, calendar: Calendar) -> str:
    """Identifies everything that shapes a state: the plan of indicators and rules, the kernel, the layout."""
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
            CHARTED,
            sorted(calendar.codes),
        )
    )
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def dump(state: PartitionState, requested: Sequence[IndicatorSpec]) -> bytes:
    """The state as bytes."""
    used = len(state.symbols)
    arrays = [array[:used].tobytes() for array in state.arrays]
    not_warmed_up = {row: sorted(missing) for row, missing in state.not_warmed_up.items()}
    names: dict[str, int] = {}
    derived = [_saved(key, memory, names) for key, memory in sorted(state.derived.items())]
    saved = SavedState(
        state.symbols,
        state.kinds,
        list(state.sources),
        arrays,
        list(requested),
        not_warmed_up,
        state.pending_bars.tobytes(),
        list(names),
        derived,
    )
    return zlib.compress(msgspec.msgpack.encode(saved), 1)


def _saved(key: Key, memory: DerivedMemory, names: dict[str, int]) -> SavedSeries:
    """One memory; ``names`` gets the texts that are new."""
    number = names.setdefault
    return SavedSeries(
        *key,
        [(number(name, len(names)), width) for name, width in memory.widths.items()],
        memory.slots.tobytes(),
        [number(name, len(names)) for name in memory.exported],
        np.array(memory.closes, np.int64).tobytes(),
        np.array(memory.values, np.float64).tobytes(),
        [number(name, len(names)) for name in sorted(memory.not_warmed_up)],
    )


def _restored(saved: SavedSeries, names: Sequence[str]) -> DerivedMemory:
    widths = {names[number]: width for number, width in saved.widths}
    slots, closes = np.frombuffer(saved.slots).copy(), np.frombuffer(saved.closes, np.int64).tolist()
    if len(slots) != sum(widths.values()):
        raise UnreadableStateError(f"checkpoint: {len(slots)} floats of derived values where {sum(widths.values())} belong")
    values = np.frombuffer(saved.values).reshape(len(closes), len(saved.exported)).tolist() if saved.exported else []
    exported = tuple(names[number] for number in saved.exported)
    return DerivedMemory(widths, slots, exported, closes, values, frozenset(names[number] for number in saved.not_warmed_up))


def parse(blob: bytes) -> SavedState:
    """Unpacks what ``dump`` returned.

    Raises:
        UnreadableStateError: the bytes are damaged.
    """
    try:
        return msgspec.msgpack.decode(zlib.decompress(blob), type=SavedState)
    except (zlib.error, msgspec.DecodeError) as error:
        raise UnreadableStateError(f"checkpoint of {len(blob)} bytes: {error}") from error


def fill(state: PartitionState, saved: SavedState) -> None:
    """Fills an empty state from a saved one. The windows are filled by ``restore_window``.

    Raises:
        UnreadableStateError: an array has the wrong size.
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
    state.derived = {(each.row, each.timeframe): _restored(each, saved.names) for each in saved.derived}


def needed_windows(state: PartitionState) -> list[NeededWindow]:
    """The bars that must be read back for a state."""
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
    pending = state.pending_bars[(state.pending_bars["row"] == row) & (state.pending_bars["timeframe"] == code)]
    end = int(state.forming[row, code]["last_end"])
    newest = int(bars["ts_close"][-1]) if len(bars) else -1
    if len(bars) != series.n or not (newest == end or (len(pending) and newest < pending["close_at"][0])):
        raise UnreadableStateError(f"{series.symbol} {series.timeframe}: {len(bars)} stored bars, not the {series.n} up to {end}")
    values = adjusted(bars)
    for name, window in state.windows._asdict().items():
        window[row, code, : series.n] = getattr(values, name)  # without 52-week context: no kernel reads that of an old bar
