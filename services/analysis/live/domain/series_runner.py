"""Runs indicators and rules over the series of a partition: applies the plan's kernels to the windows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from services.analysis.kernels.closed_bars import AdjustedBars
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.machine_code import MachineCode
from services.analysis.kernels.patterns.layout import PATTERN
from services.analysis.kernels.plan import BAR_FIELDS, IndicatorSpec, Plan, instrument_code
from services.analysis.kernels.sequences.kinds import kinds
from services.analysis.kernels.sequences.whole_series import fired_of
from services.analysis.kernels.signatures import BarIndexes, KindKernels, PlanArrays, SeriesKernels, SeriesRows
from services.analysis.kernels.whole_series import past_fired
from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.chart_patterns import ChartPatterns, measured_columns
from services.analysis.live.domain.condition_signals import ConditionEvaluator, Reported
from services.analysis.live.domain.known_values import KnownValues
from services.analysis.live.domain.layout import DAY
from services.analysis.live.domain.plan_memory import PlanMemory
from services.analysis.live.domain.recent_signals import BARS, RecentSignals
from services.analysis.live.domain.requested_indicators import places, plans, set_unknown
from services.analysis.live.domain.sequence_signals import FollowedSequence, SequenceFollower
from services.analysis.live.domain.signals import signal_of
from services.analysis.live.domain.state import Floats, Int64s, PartitionState, Records
from services.analysis.live.domain.user_conditions import ConditionSet
from shared.events import Pattern, Signal, Timeframe

PROVISIONAL_FIELDS: Final = (*BAR_FIELDS, "session", "high_52w", "low_52w")
"""The fields of CLOSED that fill the fields of ``Bars``."""

KindSteps = tuple[slice, Callable[..., None], PlanArrays, Floats, Floats]
"""The requested indicators of one kind in one series: their columns, step, arrays, state and values at the newest closed bar."""


@dataclass(frozen=True)
class BarResults:
    """The values and signals of some closed and provisional bars."""

    values: Floats
    """(bars, columns)."""
    previous_values: Floats
    """(bars, columns): the values at the closed bar before each."""
    signals: list[tuple[int, Signal]]
    """Signals of rules and of confirmed patterns, each with the index of its bar."""
    patterns: list[Pattern]
    fired: Int64s
    """(bars, rules): +1 up, -1 down, 0 nothing."""


class SeriesRunner:
    """Runs the plan and the indicators that users request. Has no state of its own."""

    def __init__(
        self,
        base: Plan,
        code: MachineCode,
        requested: Sequence[IndicatorSpec] = (),
        chart_patterns: ChartPatterns | None = None,
    ) -> None:
        """``requested``: indicators beyond the plan; no rule reads them. ``chart_patterns``: finds chart patterns, if given.

        Raises:
            ValueError: a request that is not valid, a column that the plan has already, or a plan without those that chart
                patterns need.
        """
        self.base = base
        self.requested = tuple(requested)
        self._extra = plans(self.requested, code)
        self._places = dict(places(self._extra))
        self.code = code
        self._chart_patterns = chart_patterns
        self._measured = measured_columns(base.columns) if chart_patterns else np.zeros(0, np.int64)
        self.kinds = kinds(base.rules)
        self.version = base.version + (chart_patterns.version if chart_patterns else "")
        extra_columns = tuple(column for each in self._extra for column in each.plan.columns)
        self.columns = base.columns + extra_columns
        if len(set(self.columns)) < len(self.columns):
            raise ValueError(f"a requested indicator has a column that exists already: {', '.join(extra_columns)}")

    def with_requested(self, requested: Sequence[IndicatorSpec]) -> SeriesRunner:
        """A copy with other requested indicators."""
        return SeriesRunner(self.base, self.code, requested, self._chart_patterns)

    def condition_evaluator(
        self, condition_set: ConditionSet, calendar: Calendar, reported: Reported | None = None
    ) -> ConditionEvaluator:
        """The evaluator of users' conditions for this series; ``reported``: what the evaluator before has reported."""
        return ConditionEvaluator(condition_set, self.columns, self.code.core, KnownValues(calendar, self.base.rules), reported)

    def follower(self, followed: tuple[FollowedSequence, ...]) -> SequenceFollower:
        """The follower of sequences for the signals of this series."""
        return SequenceFollower(followed, self.kinds)

    def state(self) -> PartitionState:
        """The empty state of a partition."""
        memory = PlanMemory(self.base.state_width, len(self.base.columns), len(self.base.rules))
        return PartitionState(memory, self.extra_memory(), RecentSignals(len(self.kinds)))

    def extra_memory(self) -> tuple[PlanMemory, ...]:
        """Empty memory of the requested indicators."""
        return tuple(each.memory() for each in self._extra)

    def take_over(self, state: PartitionState, before: SeriesRunner) -> None:
        """Takes over the memory of ``before``, which has other requested indicators; new ones are not warmed up for any symbol."""
        old, used = state.extra, len(state.symbols)
        state.extra = tuple(memory.with_room(len(state.records), 0) for memory in self.extra_memory())
        common = self._places.keys() & before._places.keys()
        for spec in common:
            here, there = self._places[spec], before._places[spec]
            new_memory, old_memory = state.extra[here.plan], old[there.plan]
            new_memory.steps[..., 0] = old_memory.steps[..., 0]
            new_memory.steps[..., here.state] = old_memory.steps[..., there.state]
            new_memory.previous[..., here.columns] = old_memory.previous[..., there.columns]
        new = frozenset(self._places.keys() - common)
        missing = {row: (state.not_warmed_up.get(row, frozenset()) & common) | new for row in range(used)}
        state.not_warmed_up = {row: requested for row, requested in missing.items() if requested}

    def advance(self, state: PartitionState, closed: Records) -> BarResults:
        """Advances every series by its closed bars (dtype CLOSED), and evaluates the provisional bars among them.

        Signals are in the order of the bars; those of a provisional bar are provisional.
        """
        kinds_of_bars = np.array([instrument_code(state.kinds[row]) for row in closed["row"].tolist()], np.int64)
        values, previous_values, fired = self._advance_base(state, closed, kinds_of_bars)
        of_plan = values
        if self._extra:
            more, more_before = self._advance_extra(state, closed)
            set_unknown(state.not_warmed_up, closed["row"], self._places, more, more_before)
            values, previous_values = np.hstack([values, more]), np.hstack([previous_values, more_before])
        signals, patterns = list[tuple[int, Signal]](), list[Pattern]()
        for i, rule in np.argwhere(fired).tolist():
            facts = self._facts(state, closed[i], values[i], previous_values[i])
            signals.append((i, signal_of(self.base.rules[rule], int(fired[i, rule]), state, closed[i], facts)))
        if self._chart_patterns is not None:
            patterns, confirmed = self._chart_patterns.advance(state, closed, of_plan, self._measured)
            signals += confirmed
        return BarResults(values, previous_values, signals, patterns, fired)

    def _advance_base(self, state: PartitionState, closed: Records, kinds_of_bars: Any) -> SeriesRows:
        shape, rules = (len(closed), len(self.base.columns)), len(self.base.rules)
        rows = SeriesRows(np.empty(shape), np.empty(shape), np.zeros((len(closed), rules), np.int64))
        arrays = self.base.arrays, _windows(state), closed, kinds_of_bars, state.base.arrays, self.base.runs, rows
        self.code.core.advance_closed_bars(*arrays)
        return rows

    def _advance_extra(self, state: PartitionState, closed: Records) -> tuple[Floats, Floats]:
        """The values of the requested indicators at the bars, and at the closed bar before each: (bars, columns)."""
        width = len(self.columns) - len(self.base.columns)
        values, previous_values = np.empty((len(closed), width)), np.empty((len(closed), width))
        windows, known = _windows(state), dict[tuple[int, int], tuple[Bars, list[KindSteps]]]()
        places = zip(*(closed[name].tolist() for name in ("row", "timeframe", "at", "provisional")), strict=True)
        fields = zip(*(closed[name].tolist() for name in PROVISIONAL_FIELDS), strict=True)
        for (row, code, at, provisional), bar, now, before in zip(places, fields, values, previous_values, strict=True):
            if (row, code) not in known:
                known[row, code] = Bars(*(window[row, code] for window in windows)), self._extra_steps(state, row, code)
            bars, kinds_steps = known[row, code]
            if provisional:  # is in its place for the steps alone
                kept = [each[at] for each in bars]
                _put(bars, at, bar)
            try:
                for columns, advance_bar, arrays, steps, previous in kinds_steps:
                    before[columns] = previous
                    advance_bar(arrays, bars, at, steps, not provisional, out := now[columns])
                    if not provisional:
                        previous[:] = out
            finally:
                if provisional:
                    _put(bars, at, kept)
        return values, previous_values

    def _extra_steps(self, state: PartitionState, row: int, code: int) -> list[KindSteps]:
        """The requested indicators of a series."""
        found, first = list[KindSteps](), 0
        for each, memory in zip(self._extra, state.extra, strict=True):
            columns = slice(first, first := first + len(each.plan.columns))
            steps, previous = memory.steps[row, code], memory.previous[row, code]
            found.append((columns, each.kernels.advance_bar, each.plan.arrays, steps, previous))
        return found

    def _facts(
        self, state: PartitionState, x: Any, values: Floats, previous_values: Floats
    ) -> tuple[Mapping[str, float], Mapping[str, float]]:
        """All columns and the fields of the bar, and the same at the closed bar before."""
        now = dict(zip(self.columns, values.tolist(), strict=True)) | {name: float(x[name]) for name in BAR_FIELDS}
        row, code, at = int(x["row"]), int(x["timeframe"]), int(x["at"]) - 1
        was = dict(zip(self.columns, previous_values.tolist(), strict=True))
        return now, was | {name: float(getattr(state.windows, name)[row, code, at]) for name in BAR_FIELDS}

    def rebuild(self, state: PartitionState, row: int, code: int, bars: AdjustedBars) -> Floats:
        """Restarts a series from closed bars, without signals; returns values of shape (bars, columns)."""
        values, patterns = _rebuild(self.code.core, self.base, state.base, row, code, bars), None
        if self._chart_patterns is not None:
            patterns = self._chart_patterns.rebuild(state, row, code, bars, values, self._measured)
        self._restore_recent(state, row, code, bars, values, patterns)
        parts = zip(self._extra, state.extra, strict=True)
        return np.hstack([values, *(_rebuild(each.kernels, each.plan, memory, row, code, bars) for each, memory in parts)])

    def past_values(self, bars: AdjustedBars) -> Floats:
        """The values of a whole series from its first bar: (columns, bars). Changes no state."""
        base = _values(self.code.core, self.base, np.zeros(self.base.state_width), bars)
        more = [_values(each.kernels, each.plan, np.zeros(each.plan.state_width), bars) for each in self._extra]
        return np.hstack([base, *more]).T

    def past_fired(self, kind: str, timeframe: Timeframe, bars: AdjustedBars, values: Floats) -> Int64s:
        """The rules over a whole series, (rules, bars); ``values``: (columns, bars). Changes no state."""
        return past_fired(self.code.core, self.base, kind, timeframe, _bars(bars), values)

    def past_patterns(self, code: int, bars: AdjustedBars, values: Floats) -> Records:
        """The events of chart patterns (dtype PATTERN) over a whole series; ``values``: (columns, bars). Changes no state."""
        if self._chart_patterns is None:
            return np.zeros(0, PATTERN)
        return self._chart_patterns.past(code, bars, values.T, self._measured)

    def _restore_recent(
        self, state: PartitionState, row: int, code: int, bars: AdjustedBars, values: Floats, patterns: Records | None
    ) -> None:
        """Restores the recent signals, as they would be after live bars."""
        first = max(0, len(bars.close) - BARS)
        fired = np.zeros((len(bars.close) - first, len(self.base.rules)), np.int64)
        rows = np.full((len(fired) + 1, len(self.base.columns)), np.nan)
        rows[-len(values) :] = values[-len(rows) :]
        runs = self.base.runs[code, instrument_code(state.kinds[row])]
        self.code.core.rules_at_bars(self.base.arrays, _bars(bars), first, rows, runs, fired)
        if patterns is not None:
            patterns = patterns[patterns["at"] >= first]
            patterns["at"] -= first
        state.recent_signals.restore_series(row, code, fired_of(self.base.rules, self.kinds, fired.T, patterns), first)

    def warm_up(self, state: PartitionState, row: int, code: int, bars: AdjustedBars) -> None:
        """Warms up the requested indicators of a series from its closed bars; warmed-up ones keep their state, bit by bit."""
        missing = state.not_warmed_up[row]
        for each, memory in zip(self._extra, state.extra, strict=True):
            new = missing.intersection(each.specs)
            if not new:
                continue
            steps = np.zeros(each.plan.state_width)
            values = _values(each.kernels, each.plan, steps, bars)
            if len(new) == len(each.specs):
                memory.steps[row, code, 0] = steps[0]
            for spec in new:
                place = self._places[spec]
                memory.steps[row, code, place.state] = steps[place.state]
                memory.previous[row, code, place.columns] = values[-1, place.columns]

    def peek(self, state: PartitionState, row: int, code: int) -> Floats:
        """The values (columns,) at the forming bar, which is written to the place after the newest closed one."""
        forming: Any = state.forming[row, code]
        n = int(forming["n"])
        for name in (*BAR_FIELDS, "session"):
            getattr(state.windows, name)[row, code, n] = forming[name]
        known = code <= DAY
        for name in ("year_high", "year_low"):
            getattr(state.windows, name)[row, code, n] = state.records[row][name.replace("year_", "") + "_52w"] if known else np.nan
        values = [np.empty(len(self.base.columns))]
        one = BarIndexes(np.array([row]), np.array([code]), np.array([n]))
        self.code.core.peek_bars(self.base.arrays, _windows(state), one, state.base.steps, values[0][np.newaxis])
        bars = Bars(*(window[row, code] for window in _windows(state)))
        for each, memory in zip(self._extra, state.extra, strict=True):
            out = np.empty(len(each.plan.columns))
            each.kernels.advance_bar(each.plan.arrays, bars, n, memory.steps[row, code], False, out)
            values.append(out)
        more = np.concatenate(values)
        set_unknown(state.not_warmed_up, one.row, self._places, more[np.newaxis, len(self.base.columns) :])
        return more


def _put(bars: Bars, at: int, fields: Iterable[Any]) -> None:
    for values, value in zip(bars, fields, strict=True):
        values[at] = value


def _rebuild(
    kernels: SeriesKernels | KindKernels, plan: Plan, memory: PlanMemory, row: int, code: int, bars: AdjustedBars
) -> Floats:
    """Restarts the memory of a series from closed bars; returns values of shape (bars, columns)."""
    steps = memory.steps[row, code]
    steps[:] = 0.0
    values = _values(kernels, plan, steps, bars)
    memory.previous[row, code], memory.reported[row, code] = values[-1], 0
    return values


def _values(kernels: SeriesKernels | KindKernels, plan: Plan, steps: Floats, bars: AdjustedBars) -> Floats:
    out = np.empty((len(plan.columns), len(bars.close)))
    kernels.values(plan.arrays, _bars(bars), steps, out)
    return out.T


def _windows(state: PartitionState) -> Bars:
    return Bars(*(getattr(state.windows, name) for name in Bars._fields))


def _bars(bars: AdjustedBars) -> Bars:
    return Bars(*(getattr(bars, name) for name in Bars._fields))
