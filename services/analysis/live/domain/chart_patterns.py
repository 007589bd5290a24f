"""Chart patterns over the series of a partition: runs the pattern kernels on the windows and turns their output into events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from services.analysis.kernels.closed_bars import AdjustedBars
from services.analysis.kernels.patterns.layout import COLUMNS, CONFIRMED, MOST_EVENTS, PATTERN, REASONS, STATUSES
from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.patterns.whole_series import history, no_patterns
from services.analysis.kernels.rules.rule import Direction
from services.analysis.kernels.signatures import BarIndexes, MeasuredBars, PatternEvents, PatternKernels, PatternMemory, PriceArrays
from services.analysis.live.domain.layout import TIMEFRAMES
from services.analysis.live.domain.signals import finite_or_none
from services.analysis.live.domain.state import CHARTED, Floats, Int64s, PartitionState, Records
from shared.events import Line, Pattern, Pivot, Signal, pattern_id, signal_id

VERSION: Final = 2
"""The rule version of all patterns. Goes up when the same bars give other patterns."""
ROOM: Final = 3 * MOST_EVENTS
PLACES: Final = np.array([CHARTED.index(each) if each in CHARTED else -1 for each in TIMEFRAMES], np.int64)


class ChartPatterns:
    """Finds chart patterns. Holds no state of its own."""

    def __init__(self, kernels: PatternKernels, version: str) -> None:
        """``version``: the hash of the kernels' sources; part of the state's version."""
        self._kernels = kernels
        self.version = version

    def advance(
        self, state: PartitionState, closed: Records, values: Floats, columns: Int64s
    ) -> tuple[list[Pattern], list[tuple[int, Signal]]]:
        """Advances the patterns by the closed bars (dtype CLOSED); provisional bars are skipped.

        ``values`` (bars, columns) are the plan's at these bars, ``columns`` the places that ``measured_columns`` gives. Returns the
        events of the patterns, and a signal for each confirmed one with the index of its bar in ``closed``.
        """
        final = np.flatnonzero(closed["provisional"] == 0)
        *found, times = (np.ascontiguousarray(closed[name][final]) for name in ("row", "timeframe", "at", "close_at"))
        measured = MeasuredBars(values, final, columns)
        places, room = BarIndexes(*found), PatternEvents(np.zeros(1, PATTERN), np.empty(ROOM, PATTERN), np.empty(ROOM, np.int64))
        patterns, signals, start = list[Pattern](), dict[str, tuple[int, Signal]](), 0
        while start < len(times):
            start, count = self._kernels.advance_closed_bars(
                state.windows, places, times, PLACES, measured, start, state.pattern_states.arrays, room
            )
            for x, place in zip(room.events[:count], final[room.bar[:count]].tolist(), strict=True):
                pattern = _pattern(state, closed[place], x)
                patterns.append(pattern)
                if x["status"] == CONFIRMED:
                    signal = _signal(pattern)
                    signals.setdefault(signal.id, (place, signal))
        return patterns, list(signals.values())

    def rebuild(self, state: PartitionState, row: int, code: int, bars: AdjustedBars, values: Floats, columns: Int64s) -> Records:
        """Restarts a series from closed bars. Returns the events (dtype PATTERN) of its past; they are not published.

        ``values`` and ``columns`` are as for ``advance``.
        """
        place = int(PLACES[code])
        if place < 0:
            return np.zeros(0, PATTERN)
        kept = state.pattern_states
        memory = PatternMemory(kept.swings[row, place : place + 1], kept.pivots[row, place], kept.alive[row, place])
        for array in memory:
            array[...] = np.zeros((), array.dtype)
        return history(self._kernels, memory, _prices(bars, values, columns))

    def past(self, code: int, bars: AdjustedBars, values: Floats, columns: Int64s) -> Records:
        """The events (dtype PATTERN) of a whole series; changes no state. ``values`` and ``columns`` are as for ``advance``."""
        if PLACES[code] < 0:
            return np.zeros(0, PATTERN)
        return history(self._kernels, no_patterns(), _prices(bars, values, columns))


def measured_columns(columns: Sequence[str]) -> Int64s:
    """The places of the columns that divergences are measured on.

    Raises:
        ValueError: one is not among them.
    """
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise ValueError(f"chart patterns need the columns {', '.join(missing)}, which are not in the plan")
    return np.array([columns.index(name) for name in COLUMNS], np.int64)


def _prices(bars: AdjustedBars, values: Floats, columns: Int64s) -> PriceArrays:
    measures = (np.ascontiguousarray(values[:, column]) for column in columns)
    return PriceArrays(bars.high, bars.low, bars.close, bars.volume, bars.ts_close, *measures)


def _pattern(state: PartitionState, bar: Any, x: Any) -> Pattern:
    """The event for a new status (dtype PATTERN) at a closed bar (dtype CLOSED)."""
    symbol, timeframe, name = state.symbols[bar["row"]], TIMEFRAMES[bar["timeframe"]], PATTERNS[x["kind"]].name
    corners = [x[field][: x["corners"]].tolist() for field in ("corner_kind", "corner_time", "corner_at", "corner_price")]
    upper, lower = (_line(x, side) for side in ("upper", "lower"))
    return Pattern(
        id=pattern_id(symbol, str(timeframe), name, corners[1]),
        pattern=name,
        status=STATUSES[x["status"]],  # type: ignore[arg-type]
        reason=REASONS[x["reason"]],
        direction="up" if x["direction"] > 0 else "down" if x["direction"] < 0 else "either",
        symbol=symbol,
        timeframe=timeframe,
        ts_event=int(bar["close_at"]),
        ts_init=int(bar["ts_init"]),
        price=float(bar["close"]),
        pivots=tuple(
            Pivot(kind="high" if kind > 0 else "low", ts_close=time, bars=at - int(x["first"]), price=price)
            for kind, time, at, price in zip(*corners, strict=True)
        ),
        upper=upper,
        lower=lower,
        quality=float(x["quality"]),
        level=finite_or_none(x["level"]),
        target=finite_or_none(x["target"]),
        invalidation=finite_or_none(x["stop"]),
        volume_ratio=finite_or_none(x["volume_ratio"]),
        source=state.source_names[bar["source"]],
        replayed=bool(bar["replayed"]),
    )


def _line(x: Any, side: str) -> Line | None:
    price = finite_or_none(x[side])
    return None if price is None else Line(price=price, slope=float(x[f"{side}_slope"]))


def _signal(pattern: Pattern) -> Signal:
    """The signal of a confirmed pattern; the pattern's name is the rule."""
    direction: Direction = "up" if pattern.direction == "up" else "down"
    return Signal(
        id=signal_id(pattern.pattern, VERSION, {}, direction, pattern.symbol, str(pattern.timeframe), pattern.ts_event),
        rule=pattern.pattern,
        rule_version=VERSION,
        params={},
        direction=direction,
        symbol=pattern.symbol,
        timeframe=pattern.timeframe,
        ts_event=pattern.ts_event,
        ts_init=pattern.ts_init,
        price=pattern.price,
        level=pattern.level,
        evidence={
            "close": pattern.price,
            "target": pattern.target,
            "invalidation": pattern.invalidation,
            "quality": pattern.quality,
            "volume_ratio": pattern.volume_ratio,
        },
        source=pattern.source,
        replayed=pattern.replayed,
    )
