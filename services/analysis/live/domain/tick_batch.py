"""Events of the tick log as columns for the kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import nan
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from services.analysis.live.domain.layout import HEARTBEAT, TIMEFRAME_CODES
from services.analysis.live.domain.tick_arrays import TickColumns
from shared.events import Heartbeat, Tick, TickLog

T = TypeVar("T")

LARGEST: Final = 2**62
"""Times and numbers beyond this do not fit the columns. No valid event has such values."""


def split(events: Sequence[TickLog], exchanges: Mapping[str, int]) -> tuple[list[Tick], npt.NDArray[Any], int]:
    """The ticks, the heartbeats (dtype HEARTBEAT) with their places among them, and how many events have numbers out of range."""
    if all([type(event) is Tick for event in events]):  # noqa: C419 - a list is twice as fast, and this is the hot path
        return events, np.empty(0, HEARTBEAT), 0  # type: ignore[return-value]
    ticks: list[Tick] = []
    heartbeats: list[tuple[int, int, int, int]] = []
    out_of_range = 0
    for event in events:
        if isinstance(event, Tick):
            ticks.append(event)
        elif isinstance(event, Heartbeat):
            if abs(event.ts_event) > LARGEST or abs(event.ts_init) > LARGEST:
                out_of_range += 1
            else:
                heartbeats.append((len(ticks), exchanges.get(event.exchange, -1), event.ts_event, event.ts_init))
    return ticks, np.array(heartbeats, HEARTBEAT), out_of_range


def columns(ticks: Sequence[Tick], rows: Mapping[str, int], sources: Mapping[str, int]) -> TickColumns:
    """The ticks as arrays.

    Raises:
        OverflowError: a time or number does not fit 64 bits.
    """
    row, n = rows.get, len(ticks)
    return TickColumns(
        np.fromiter([row(t.symbol, -1) for t in ticks], np.int64, n),
        _codes([t.source for t in ticks], lambda name: sources.get(name, -1)),
        _codes([t.replayed for t in ticks], int),
        _codes([t.finest for t in ticks], TIMEFRAME_CODES.__getitem__),
        np.fromiter([t.ts_event for t in ticks], np.int64, n),
        np.fromiter([t.ts_init for t in ticks], np.int64, n),
        np.fromiter([t.seq for t in ticks], np.int64, n),
        np.fromiter([t.price for t in ticks], np.float64, n),
        np.fromiter([t.size for t in ticks], np.float64, n),
        np.fromiter([nan if (volume := t.day_volume) is None else volume for t in ticks], np.float64, n),
    )


def _codes(values: Sequence[T], code: Callable[[T], int]) -> npt.NDArray[np.int64]:
    """The code of each value. Nearly always all values are equal; counting the first one is the fastest way to see it."""
    if values and values.count(values[0]) == len(values):
        return np.full(len(values), code(values[0]), np.int64)
    known = {value: code(value) for value in set(values)}
    return np.fromiter([known[value] for value in values], np.int64, len(values))


def fits(tick: Tick) -> bool:
    """Whether every number of the tick fits the columns."""
    return abs(tick.ts_event) <= LARGEST and abs(tick.ts_init) <= LARGEST and abs(tick.seq) <= LARGEST
