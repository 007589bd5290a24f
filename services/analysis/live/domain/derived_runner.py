"""Runs the derived values of a partition's series: the past, events, times and other timeframes that conditions read.

The values of a series that depend on it alone are computed first, for all bars of a batch; then those that read other timeframes.
So a bar sees every bar that closed at the same moment, whichever was written first, and the split of the log into batches changes
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np

from services.analysis.kernels.conditions.derived import SeriesNeeds, is_past
from services.analysis.kernels.conditions.programs import Programs, evaluated
from services.analysis.kernels.conditions.whole_series import DerivedValues, SeriesValues, derive
from services.analysis.kernels.plan import BAR_FIELDS
from services.analysis.kernels.signatures import SeriesKernels
from services.analysis.live.domain.derived_layout import SeriesLayout, series_layout
from services.analysis.live.domain.derived_memory import EXPORTS, DerivedMemory, Key
from services.analysis.live.domain.known_values import BarEvents, KnownValues
from services.analysis.live.domain.layout import TIMEFRAME_CODES, TIMEFRAMES
from services.analysis.live.domain.state import Floats, PartitionState, Records
from services.analysis.live.domain.user_conditions import ConditionSet
from shared.conditions import Node
from shared.conditions.expression import Elsewhere, walk
from shared.conditions.normal_form import render
from shared.events import Timeframe

Rows = dict[int, tuple[Floats, Floats]]
"""The index of a bar in its batch -> its row with derived values, and the columns and fields of the bar before."""


class DerivedRunner:
    """Computes derived values of the series that need them. What it remembers is in ``PartitionState.derived``."""

    def __init__(self, condition_set: ConditionSet, programs: Programs, kernels: SeriesKernels, known: KnownValues) -> None:
        self._condition_set = condition_set
        self._programs = programs
        self._kernels = kernels
        self._known = known
        self._needs: list[SeriesNeeds] = []
        self._numbers: dict[Any, int] = {}
        self._groups: dict[tuple[str, int], int] = {}
        self._layouts: dict[tuple[int, frozenset[str]], SeriesLayout] = {}

    def take_over(self, state: PartitionState) -> None:
        """Takes over the memory of other conditions; what is new is not warmed up for any symbol that is there."""
        before, state.derived = state.derived, {}
        for row, symbol in enumerate(state.symbols):
            for code in range(len(TIMEFRAMES)):
                group = self._group(symbol, code)
                if group >= 0:
                    layout = self._layout_of(group, frozenset())
                    memory = before.get((row, code), DerivedMemory())
                    state.derived[row, code] = memory.with_contents(layout.widths, layout.exported)

    def add(self, state: PartitionState, row: int) -> None:
        """Adds the memory of a new symbol, which has no past."""
        for code in range(len(TIMEFRAMES)):
            group = self._group(state.symbols[row], code)
            if group >= 0:
                layout = self._layout_of(group, frozenset())
                slots = np.full(sum(layout.widths.values()), np.nan)
                state.derived[row, code] = DerivedMemory(layout.widths, slots, layout.exported)

    def advance(self, state: PartitionState, closed: Records, values: Floats, previous_values: Floats, events: BarEvents) -> Rows:
        """The rows of the bars (dtype CLOSED) whose series have derived values.

        ``values`` and ``previous_values`` (bars, columns) are those at the bars, and at the closed bar before each.
        """
        found = Rows()
        if not self._programs.derives:
            return found
        keys = list(zip(closed["row"].tolist(), closed["timeframe"].tolist(), strict=True))
        layouts = {i: layout for i, key in enumerate(keys) if (layout := self._layout(state, key)) is not None}
        bars = list(layouts)
        rows = rows_at(state, closed[bars], values[bars], previous_values[bars], self._programs.width)
        for (i, layout), wide, past in zip(layouts.items(), *rows, strict=True):
            found[i] = wide, past
            self._start(state, layout, keys[i], closed[i], i, wide, past, events)
        for i, (wide, past) in found.items():
            self._finish(state, layouts[i], keys[i], closed[i], wide, past)
        for key in {keys[i] for i in found}:
            state.derived[key].trim()
        return found

    def _start(
        self, state: PartitionState, layout: SeriesLayout, key: Key, x: Any, i: int, wide: Floats, past: Floats, events: BarEvents
    ) -> None:
        """Computes what depends on the series alone, and keeps what other timeframes read."""
        for place, node in layout.known:
            wide[place] = self._known.at_bar(node, state, x, i, events)
        memory = state.derived[key]
        self._derive(layout.local, memory, wide, past, commit=not x["provisional"])
        if layout.exported and not x["provisional"]:
            exported = evaluated(self._kernels, self._programs, layout.programs, wide, past)
            memory.export(int(x["close_at"]), exported.tolist())

    def _finish(self, state: PartitionState, layout: SeriesLayout, key: Key, x: Any, wide: Floats, past: Floats) -> None:
        """Computes what also reads other timeframes: their newest bars closed by the time at which this one is known."""
        moment = int(x["known_at"])
        for read in layout.read:
            there = state.derived.get((key[0], read.timeframe))
            if there is not None:
                wide[read.places] = there.at(read.names, moment)
        self._derive(layout.later, state.derived[key], wide, past, commit=not x["provisional"])

    def _derive(self, table: Any, memory: DerivedMemory, wide: Floats, past: Floats, *, commit: bool) -> None:
        if len(table):
            stack = np.empty(self._programs.depth)
            self._kernels.derive_bar(self._programs.arrays, table, wide, past, stack, memory.slots, commit)

    def needed(
        self, state: PartitionState, row: int, replaced: AbstractSet[Timeframe] | None = None
    ) -> dict[Timeframe, SeriesNeeds]:
        """The series of a symbol that ``restart`` needs, and what each must provide."""
        found = self._all_needs(state, row)
        restarted = {timeframe for timeframe in found if self._names(state, row, timeframe, found[timeframe], replaced)}
        read = {each for timeframe in restarted for each in read_timeframes(found[timeframe])}
        return {timeframe: needs for timeframe, needs in found.items() if timeframe in restarted | read}

    def _all_needs(self, state: PartitionState, row: int) -> dict[Timeframe, SeriesNeeds]:
        groups = ((timeframe, self._group(state.symbols[row], code)) for code, timeframe in enumerate(TIMEFRAMES))
        return {timeframe: self._needs[group] for timeframe, group in groups if group >= 0}

    def _names(
        self, state: PartitionState, row: int, timeframe: Timeframe, needs: SeriesNeeds, replaced: AbstractSet[Timeframe] | None
    ) -> frozenset[str]:
        """The operations and exported expressions that restart."""
        if replaced is not None:
            return _restarted(needs, timeframe in replaced, replaced)
        return state.derived[row, TIMEFRAME_CODES[timeframe]].not_warmed_up

    def restart(
        self,
        state: PartitionState,
        row: int,
        series: Mapping[Timeframe, SeriesValues],
        replaced: AbstractSet[Timeframe] | None = None,
    ) -> None:
        """Restarts derived values of a symbol from its whole series.

        ``replaced``: the timeframes whose bars were replaced; their values restart, and those that read them. None: only what is
        not warmed up restarts.
        """
        needs = self.needed(state, row, replaced)
        found = derive(self._kernels, self._programs, series, needs)
        for timeframe, mine in needs.items():
            memory, names = state.derived[row, TIMEFRAME_CODES[timeframe]], self._names(state, row, timeframe, mine, replaced)
            if timeframe in found:
                _restart(memory, names, mine, found[timeframe], series[timeframe].ts_close.tolist())
                memory.not_warmed_up -= names
            elif replaced is None:  # no bar has closed yet
                memory.not_warmed_up = frozenset()

    def _layout(self, state: PartitionState, key: Key) -> SeriesLayout | None:
        """The layout of a series; None if it needs nothing."""
        row, code = key
        group = self._group(state.symbols[row], code)
        if group < 0:
            return None
        return self._layout_of(group, state.derived[key].not_warmed_up)

    def _group(self, symbol: str, code: int) -> int:
        """The number of the group of series that need the same; -1 for those that need nothing."""
        if (symbol, code) not in self._groups:
            needs = self._condition_set.needs(TIMEFRAMES[code], symbol)
            key = code, tuple(needs.derived), tuple(needs.exported)
            wanted = bool(needs.derived or needs.exported)
            self._groups[symbol, code] = self._numbers.setdefault(key, len(self._needs)) if wanted else -1
            if self._groups[symbol, code] == len(self._needs):
                self._needs.append(needs)
        return self._groups[symbol, code]

    def _layout_of(self, group: int, not_warmed_up: frozenset[str]) -> SeriesLayout:
        if (group, not_warmed_up) not in self._layouts:
            self._layouts[group, not_warmed_up] = series_layout(self._needs[group], self._programs, not_warmed_up)
        return self._layouts[group, not_warmed_up]


def rows_at(
    state: PartitionState, closed: Records, values: Floats, previous_values: Floats, width: int = 0
) -> tuple[Floats, Floats]:
    """The rows of bars (dtype CLOSED) and of the bar before each: columns, fields, and NaN for derived values up to ``width``."""
    row, code, at = closed["row"], closed["timeframe"], closed["at"]
    fields = np.stack([closed[name] for name in BAR_FIELDS], axis=1)
    past = np.stack([getattr(state.windows, name)[row, code, at - 1] for name in BAR_FIELDS], axis=1)
    past[at == 0] = np.nan
    columns, known = values.shape[1], values.shape[1] + len(BAR_FIELDS)
    wide = np.full((len(closed), max(width, known)), np.nan)
    wide[:, :columns], wide[:, columns:known] = values, fields
    return wide, np.hstack([previous_values, past])


def _restarted(needs: SeriesNeeds, replaced: bool, others: AbstractSet[Timeframe]) -> frozenset[str]:
    """What restarts when bars were replaced: everything, or what reads one of the ``others``."""
    if replaced:
        return frozenset(map(render, (*filter(is_past, needs.derived), *needs.exported)))
    return frozenset(render(node) for node in needs.derived if is_past(node) and not others.isdisjoint(_read(node)))


def read_timeframes(needs: SeriesNeeds) -> set[Timeframe]:
    """The timeframes whose values a series reads."""
    return {timeframe for node in needs.derived for timeframe in _read(node)}


def _read(node: Node) -> set[Timeframe]:
    return {each.timeframe for each in walk(node) if isinstance(each, Elsewhere) and not each.instrument}


def _restart(memory: DerivedMemory, names: frozenset[str], needs: SeriesNeeds, found: DerivedValues, closes: Sequence[int]) -> None:
    """Sets the states and exported values with these names to those at the end of a whole series."""
    for node, slot in found.slots.items():
        if render(node) in names:
            memory.slot(render(node))[:] = slot
    if names.isdisjoint(memory.exported):
        return
    newest = dict.fromkeys(closes[-EXPORTS:])
    kept = dict(zip(memory.closes, memory.values, strict=True))
    columns = {render(node): found.exported[node][-len(newest) :].tolist() for node in needs.exported}
    unknown = [np.nan] * len(memory.exported)
    memory.values = [
        [columns[name][i] if name in names else kept.get(close, unknown)[n] for n, name in enumerate(memory.exported)]
        for i, close in enumerate(newest)
    ]
    memory.closes = list(newest)
