"""The engine of one partition: applies events of the tick log and returns bars, indicator rows, signals and quotes.

The same log gives the same output, bit by bit, however it is split into batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import compress
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.closed_bars import BarRecords, inputs, no_bars
from services.analysis.kernels.conditions.other_instruments import OtherInstruments
from services.analysis.kernels.plan import IndicatorSpec
from services.analysis.live.domain import tick_batch, ticks
from services.analysis.live.domain.adjustment_factors import AdjustmentFactors
from services.analysis.live.domain.apply_history import NOTHING, TAIL, load, seed, warm_up
from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.checkpoint import dump, fill, needed_windows, parse, restore_window, state_version
from services.analysis.live.domain.derived_past import symbol_past
from services.analysis.live.domain.engine_outcome import EngineOutcome, bars_of, finite, quotes_of, rows_of
from services.analysis.live.domain.incomplete_periods import lacks_days
from services.analysis.live.domain.known_values import BarEvents, KnownValues
from services.analysis.live.domain.layout import CLOSED, PERIOD_CODES, REASONS, REJECTED, TIMEFRAME_CODES, TIMEFRAMES, frames
from services.analysis.live.domain.realignment import realign
from services.analysis.live.domain.requested_indicators import columns_of
from services.analysis.live.domain.sequence_signals import FollowedSequence
from services.analysis.live.domain.series_runner import SeriesRunner
from services.analysis.live.domain.split_suspicion import (
    SplitResolution,
    parts,
    quarantined_ticks,
    released,
    remake_periods,
    resolution_of,
    take_pending,
)
from services.analysis.live.domain.tick_arrays import TickColumns, TickEvents, TickOutput
from services.analysis.live.domain.user_conditions import ConditionSet
from shared.events import Tick, TickLog, Timeframe

REJECTED_ROOM = 64
"""Rejected ticks that one call of the kernel has room for."""
CLOSED_ROOM = 2048
"""Closed bars that one call of the kernel has room for; more bars take more calls."""


@dataclass(frozen=True)
class ListedInstrument:
    """What the engine must know about an instrument."""

    exchange: str
    kind: str
    negative: bool = False
    """Whether its price may be 0 or below."""


@dataclass(frozen=True)
class Batch:
    """Events as arrays for the kernel."""

    arrays: TickEvents
    out_of_range: int
    """Events with numbers that do not fit the columns."""
    unknown_symbols: frozenset[str]
    """Symbols of ticks that are not listed."""


class Engine:
    """The state of one partition and the operations on it. Not thread-safe: one call at a time."""

    def __init__(self, calendar: Calendar, listed: Mapping[str, ListedInstrument], series: SeriesRunner) -> None:
        """``listed``: symbol -> instrument. It is read at each batch, so a symbol that is added to it is known from then on."""
        self.calendar = calendar
        self.listed = listed
        self.series = series
        self.state = series.state()
        self.realigned = 0
        """Number of forming bars whose times the calendar has changed since the checkpoint."""
        self._evaluator = series.condition_evaluator(ConditionSet(), calendar)
        self._follower = series.follower(())

    def apply(self, events: Sequence[TickLog]) -> EngineOutcome:
        """Applies ticks and heartbeats in order. A HistoryReady is skipped; ``load`` handles it."""
        return self.run(self.prepare(events))

    def prepare(self, events: Sequence[TickLog]) -> Batch:
        """Converts events to arrays for ``run``; changes no price."""
        found, heartbeats, out_of_range = tick_batch.split(events, self.calendar.codes)
        try:
            columns = self._columns(found)
        except OverflowError:
            fitting = [event for event in events if not isinstance(event, Tick) or tick_batch.fits(event)]
            out_of_range += len(events) - len(fitting)
            found, heartbeats, _ = tick_batch.split(fitting, self.calendar.codes)
            columns = self._columns(found)
        unknown_symbols = frozenset[str]()
        if (columns.row < 0).any():
            unknown_symbols = frozenset(tick.symbol for tick in compress(found, (columns.row < 0).tolist()))
        return Batch(TickEvents(columns, heartbeats), out_of_range, unknown_symbols)

    def run(self, events: Batch) -> EngineOutcome:
        """Applies a prepared batch. No other batch may have been prepared since, unless from the same events."""
        outcome = EngineOutcome()
        if events.out_of_range:
            outcome.counts["time"] += events.out_of_range
        self._run(events.arrays, outcome)
        return outcome

    def admit(self, symbol: str) -> int:
        """The row of a symbol, added if the symbol is listed and new; -1 for an unknown symbol."""
        state, instrument = self.state, self.listed.get(symbol)
        if symbol in state.rows:
            return state.rows[symbol]
        if instrument is None or instrument.exchange not in self.calendar.codes:
            return -1
        row = state.add(symbol, self.calendar.codes[instrument.exchange], instrument.kind, negative=instrument.negative)
        self._evaluator.derived.add(state, row)
        return row

    def peek(self, symbol: str, timeframe: Timeframe) -> dict[str, float | None] | None:
        """The indicator values of the forming bar; None if none is forming or a split is suspected. Changes nothing."""
        row, state = self.state.rows.get(symbol), self.state
        if row is None or not state.forming[row, TIMEFRAME_CODES[timeframe]]["active"]:
            return None
        if state.records[row]["split_suspected"]:
            return None
        values = self.series.peek(state, row, TIMEFRAME_CODES[timeframe])
        return dict(zip(self.series.columns, finite(values[np.newaxis])[0], strict=True))

    def load(
        self,
        symbol: str,
        closed_bars: Mapping[Timeframe, BarRecords],
        ts_init: int,
        *,
        tail: int = TAIL,
        factors: AdjustmentFactors | None = None,
        superseded: Mapping[Timeframe, npt.NDArray[np.int64]] = NOTHING,
        others: Mapping[Timeframe, BarRecords] | None = None,
    ) -> EngineOutcome:
        """Applies history: see ``load.load``. An unknown symbol is only counted.

        ``others``: all bars of the timeframes that ``closed_bars`` lacks; conditions that read several timeframes need them.
        """
        row = self.admit(symbol)
        if row < 0:
            return EngineOutcome(counts=Counter({"unknown": 1}))
        found = load(
            self.state, self.series, self.calendar, row, closed_bars, ts_init, tail=tail, factors=factors, superseded=superseded
        )
        self._restart_derived(row, {**(others or {}), **closed_bars}, replaced=closed_bars.keys())
        return found

    def split_resolution(self, symbol: str, factors: AdjustmentFactors, *, has_daily: bool) -> SplitResolution | None:
        """How history resolves a suspected split of this symbol; None if no split is suspected, or history does not decide."""
        row = self.state.rows.get(symbol)
        if row is None or not self.state.records[row]["split_suspected"]:
            return None
        return resolution_of(self.state.records[row], factors, has_daily)

    def resolve_split(
        self,
        symbol: str,
        resolution: SplitResolution,
        closed_bars: Mapping[Timeframe, BarRecords],
        ts_init: int,
        factors: AdjustmentFactors,
    ) -> EngineOutcome:
        """Ends a split suspicion: applies the pending bars.

        If the split is confirmed, ``closed_bars`` up to the session's open are applied before them. The signals of the pending
        bars fire: they are live bars that had to wait.
        """
        row, outcome = self.state.rows[symbol], EngineOutcome()
        if resolution == "split":
            opened = int(self.state.records[row]["suspected_open"])
            before = {timeframe: bars[bars["ts_close"] <= opened] for timeframe, bars in closed_bars.items()}
            outcome = self.load(symbol, before, ts_init, tail=0, factors=factors)
        self._close_pending(row, resolution, outcome, factors)
        if resolution == "split":
            for code in PERIOD_CODES:
                seed(self.state, self.calendar, row, code, factors)
            outcome.quotes = quotes_of(self.state, np.array([row]))
        return outcome

    @property
    def requested(self) -> tuple[IndicatorSpec, ...]:
        """The indicators beyond the plan that this partition computes; part of its state."""
        return self.series.requested

    def request_indicators(self, requested: Sequence[IndicatorSpec]) -> None:
        """Sets the indicators beyond the plan. Those that run already keep their state, bit by bit.

        The values of a new one are unknown until ``warm_up`` has processed the past of each symbol.
        """
        before, self.series = self.series, self.series.with_requested(requested)
        self.series.take_over(self.state, before)

    @property
    def not_warmed_up(self) -> list[str]:
        """Symbols for which a requested indicator or a derived value is not warmed up."""
        derived = (row for (row, _), memory in self.state.derived.items() if memory.not_warmed_up)
        return [self.state.symbols[row] for row in dict.fromkeys((*self.state.not_warmed_up, *derived))]

    @property
    def columns_not_warmed_up(self) -> list[str]:
        """The columns and derived values that are unknown for at least one symbol, since they are not warmed up."""
        columns = columns_of({spec for missing in self.state.not_warmed_up.values() for spec in missing})
        return columns + sorted({name for memory in self.state.derived.values() for name in memory.not_warmed_up})

    def warm_up(self, symbol: str, closed_bars: Mapping[Timeframe, BarRecords]) -> None:
        """Warms up what is new for a symbol from its closed bars (BAR_RECORD). It has values from the next bar on."""
        row = self.state.rows[symbol]
        if row in self.state.not_warmed_up:
            warm_up(self.state, self.series, row, closed_bars)
            del self.state.not_warmed_up[row]
        if any(memory.not_warmed_up for (each, _), memory in self.state.derived.items() if each == row):
            self._restart_derived(row, closed_bars)

    def _restart_derived(
        self, row: int, closed_bars: Mapping[Timeframe, BarRecords], replaced: AbstractSet[Timeframe] | None = None
    ) -> None:
        derived = self._evaluator.derived
        needs = derived.needed(self.state, row, replaced)
        if needs:
            past = symbol_past(self.state, row, self.series, self._evaluator.known_values, self.followed)
            derived.restart(self.state, row, past.series(inputs(closed_bars), needs), replaced)

    @property
    def condition_set(self) -> ConditionSet:
        """The users' conditions that run."""
        return self._evaluator.condition_set

    def set_conditions(self, condition_set: ConditionSet) -> None:
        """Runs these conditions from the next batch on. The indicators that they request must be the engine's."""
        others = self._evaluator.known_values.others
        self._evaluator = self.series.condition_evaluator(condition_set, self.calendar, self._evaluator.reported)
        self._evaluator.known_values.others = others
        self._evaluator.derived.take_over(self.state)
        self.state.frames = frames(condition_set.forming_timeframes)

    @property
    def known_values(self) -> KnownValues:
        """What conditions read besides values of the row."""
        return self._evaluator.known_values

    @property
    def others(self) -> OtherInstruments:
        """The values of other instruments that conditions read."""
        return self._evaluator.known_values.others

    def set_others(self, others: OtherInstruments) -> None:
        """Uses these values of other instruments from the next batch on."""
        self._evaluator.known_values.others = others

    @property
    def followed(self) -> tuple[FollowedSequence, ...]:
        """The sequences that are followed."""
        return self._follower.followed

    def follow(self, followed: tuple[FollowedSequence, ...]) -> None:
        """Follows these sequences from the next batch on. Signals that fired before count too, whatever was followed then."""
        self._follower = self.series.follower(followed)

    def version(self) -> str:
        """Identifies everything that shapes the state; a checkpoint of another version cannot be restored."""
        return state_version(self.series.version, self.calendar)

    def snapshot(self) -> bytes:
        """The state as bytes, without the windows of closed bars."""
        return dump(self.state, self.requested)

    @classmethod
    def restore(
        cls,
        blob: bytes,
        windows: Mapping[tuple[str, Timeframe], BarRecords],
        calendar: Calendar,
        listed: Mapping[str, ListedInstrument],
        series: SeriesRunner,
    ) -> Engine:
        """The engine of a snapshot; ``windows``: the bars that ``checkpoint.needed_windows`` lists. Raises UnreadableStateError."""
        saved = parse(blob)
        engine = cls(calendar, listed, series.with_requested(saved.requested))
        fill(engine.state, saved)
        for row, symbol in enumerate(engine.state.symbols):
            engine.state.records[row]["negative"] = symbol in listed and listed[symbol].negative
        for series_bars in needed_windows(engine.state):
            restore_window(engine.state, series_bars, windows.get((series_bars.symbol, series_bars.timeframe), no_bars()))
        engine.realigned = realign(engine.state, calendar)
        return engine

    def _columns(self, found: Sequence[Tick]) -> TickColumns:
        state = self.state
        columns = tick_batch.columns(found, state.rows, state.sources)
        unknown = (columns.row < 0) | (columns.source < 0)
        if unknown.any():
            admitted = False
            for tick in compress(found, unknown.tolist()):
                if self.admit(tick.symbol) >= 0:
                    admitted |= state.source(tick.source) >= 0
            if admitted:
                columns = tick_batch.columns(found, state.rows, state.sources)
        return columns

    def _run(self, events: TickEvents, outcome: EngineOutcome) -> None:
        state = self.state
        used = len(state.symbols)
        out = TickOutput(
            np.empty(max(CLOSED_ROOM, 4 * len(TIMEFRAMES) * used), CLOSED),
            np.empty(REJECTED_ROOM, REJECTED),
            np.zeros(len(REASONS), np.int64),
            np.zeros(used, np.bool_),
        )
        at = ticks.Progress()
        while at.tick < len(events.ticks.row) or at.heartbeat < len(events.heartbeats):
            at = ticks.run(events, at, state.symbol_arrays, self.calendar.arrays, out)
            if at.rejected:
                outcome.quarantined += quarantined_ticks(out.rejected[: at.rejected], state.symbols, state.source_names)
            if at.closed:
                self._closed(out.closed[: at.closed], outcome)
            if at.stopped == ticks.DUE:
                for row in np.flatnonzero(state.records["split_suspected"] == ticks.DUE).tolist():
                    self._close_pending(row, "deadline", outcome)
                    out.touched[row] = True
            elif at.stopped == ticks.FULL:
                state.move_down()
        outcome.counts.update({REASONS[code]: int(count) for code, count in enumerate(out.counts) if count})
        if out.touched.any():
            outcome.quotes += quotes_of(state, np.flatnonzero(out.touched))

    def _close_pending(
        self, row: int, resolution: SplitResolution, outcome: EngineOutcome, factors: AdjustmentFactors | None = None
    ) -> None:
        """Applies the pending bars of a row."""
        state = self.state
        late = take_pending(state, row)
        if resolution == "split" and factors is not None:
            remake_periods(state, row, late, factors)
        outcome.quarantined.append(released(state, row, resolution, len(late)))
        for part in parts(late):
            state.move_down(row)
            ticks.append_bars(part, state.symbol_arrays)
            self._closed(part, outcome)
        state.move_down()

    def _closed(self, closed: npt.NDArray[Any], outcome: EngineOutcome) -> None:
        pending = closed["pending"] == 1
        if pending.any():
            self.state.pending_bars = np.concatenate([self.state.pending_bars, closed[pending]])
            closed = closed[~pending]
            if not len(closed):
                return
        advanced = self.series.advance(self.state, closed)
        final = closed["provisional"] == 0
        lacking = lacks_days(self.state, self.calendar, closed[final])
        bars = bars_of(closed[final], self.state.symbols, self.state.source_names, lacking)
        outcome.bars += bars
        outcome.rows += rows_of(bars, closed["close"][final].tolist(), self.series.columns, advanced.values[final])
        sequences = self._follower.follow(self.state, closed, advanced.signals)
        events = BarEvents(advanced.fired, advanced.patterns, sequences)
        conditions = self._evaluator.evaluate(self.state, closed, advanced.values, advanced.previous_values, events)
        outcome.signals += [signal for _, signal in sorted([*advanced.signals, *sequences, *conditions], key=itemgetter(0))]
        outcome.patterns += advanced.patterns
