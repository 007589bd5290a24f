"""The signatures of the generated modules: one Protocol each, and the tuples of arrays that their functions take.

``codegen.py`` generates the functions of ``SeriesKernels``, ``patterns/codegen.py`` those of ``PatternKernels``. All release the
GIL, allocate nothing and write only into the arrays that are documented as written.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Bars, Floats, Int64s

Flags = npt.NDArray[np.uint8]
Records = npt.NDArray[Any]


class PlanArrays(NamedTuple):
    """The arrays of a plan."""

    indicators: Int64s
    """(indicators, 3): code of the kind, place of its state, place of its first column."""
    constants: Floats
    """(indicators, n): the results of ``Kind.prepare``."""
    rules: Int64s
    """(rules, n): code of the rule, then the places of its columns."""
    parameters: Floats
    """(rules, n)."""


class SeriesMemory(NamedTuple):
    """The memory of the indicators and rules of many series. Written."""

    states: Floats
    """(symbols, timeframes, ``Plan.state_width``): zeros at first; the first float is n, the number of bars so far."""
    previous: Floats
    """(symbols, timeframes, columns): the row of the newest closed bar, NaN before there is one."""
    reported: Flags
    """(symbols, timeframes, rules): directions that have fired on the forming bar: 1 up, 2 down."""


class SeriesRows(NamedTuple):
    """The values and fired rules of some bars. Written."""

    values: Floats
    """(bars, columns)."""
    previous_values: Floats
    """(bars, columns): the row of the closed bar before each."""
    fired: Int64s
    """(bars, rules): +1 up, -1 down, 0 nothing."""


class BarIndexes(NamedTuple):
    """The places of some bars in the windows; each of shape (bars,)."""

    row: Int64s
    timeframe: Int64s
    at: Int64s


class ProgramArrays(NamedTuple):
    """Conditions as programs for the stack machine."""

    codes: Int64s
    """(instructions,)."""
    numbers: Floats
    """(instructions,)."""
    starts: Int64s
    """(programs + 1,): the start of each program, then the end of the last."""


class KindKernels(Protocol):
    """The module of one kind of indicator. The plans that it is given hold indicators of this kind alone, and no rules."""

    def advance_bar(self, plan: PlanArrays, bars: Bars, t: int, state: Floats, commit: bool, out: Floats) -> None:
        """The indicators of one series at bar t of ``bars`` (bars,) into ``out`` (columns,).

        With ``commit`` the state (state_width,) advances by one bar. Without, nothing but ``out`` is written.
        """

    def values(self, plan: PlanArrays, bars: Bars, state: Floats, out: Floats) -> None:
        """The indicators of a whole series from its first bar into ``out`` (columns, bars); leaves ``state`` as live would."""


class SeriesKernels(Protocol):
    """The core module: the kinds of the default plan, the rules and the conditions."""

    def advance(
        self, plan: PlanArrays, bars: Bars, t: int, state: Floats, commit: bool, previous: Floats, out: Floats, runs: Flags,
        fired: Int64s,
    ) -> None:  # fmt: skip
        """All indicators of one series at bar t of ``bars`` (bars,) into ``out`` (columns,).

        With ``commit`` the state (state_width,) advances by one bar, and each rule j with ``runs[j]`` puts +1, -1 or 0 into
        ``fired[j]``; ``previous`` is the row of the bar before. Without, nothing but ``out`` is written.
        """

    def advance_closed_bars(
        self, plan: PlanArrays, windows: Bars, closed: Records, kinds: Int64s, memory: SeriesMemory, runs: Flags, rows: SeriesRows
    ) -> None:
        """``advance`` for many bars (``closed``, dtype CLOSED) in their order.

        Bar i belongs at ``[row, timeframe, at]`` of ``windows``, a ``Bars`` of shape (symbols, timeframes, window), and is of an
        instrument of kind ``kinds[i]``; ``runs`` is ``Plan.runs``. A closed bar is there already and is committed. A
        provisional one is written there for the call only, and fires each rule and direction at most once a bar.
        """

    def peek_bars(self, plan: PlanArrays, windows: Bars, places: BarIndexes, states: Floats, out: Floats) -> None:
        """The indicators at the places of some forming bars into ``out`` (bars, columns); changes no state."""

    def values(self, plan: PlanArrays, bars: Bars, state: Floats, out: Floats) -> None:
        """The indicators of a whole series from its first bar into ``out`` (columns, bars); leaves ``state`` as live would."""

    def rules_at_bars(self, plan: PlanArrays, bars: Bars, first: int, out: Floats, runs: Flags, fired: Int64s) -> None:
        """The rules at the bars from number ``first`` on into ``fired`` (bars, rules).

        Their values are in ``out`` (bars + 1, columns), after those of the bar before them.
        """

    def history(self, plan: PlanArrays, bars: Bars, state: Floats, out: Floats, runs: Flags, fired: npt.NDArray[np.int8]) -> None:
        """``values``, and the rules into ``fired`` (rules, bars)."""

    def evaluate_conditions(
        self,
        programs: ProgramArrays,
        chosen: Int64s,
        current_values: Floats,
        previous_values: Floats,
        stack: Floats,
        results: Floats,
    ) -> None:
        """The programs numbered ``chosen`` at one bar into ``results`` (chosen,): 1.0 true, 0.0 false, NaN unknown.

        ``current_values`` and ``previous_values`` are the rows (columns + fields,) of the bar and of the bar before; ``stack`` is
        scratch.
        """

    def scan_condition(self, programs: ProgramArrays, number: int, values: Floats, stack: Floats, results: Floats) -> None:
        """One program over a whole series: ``values`` (columns + fields, bars), ``results`` (bars,), ``stack`` (depth, block)."""

    def derive_bar(
        self,
        programs: ProgramArrays,
        table: Int64s,
        current_values: Floats,
        previous_values: Floats,
        stack: Floats,
        slots: Floats,
        commit: bool,
    ) -> None:
        """Derived series at one bar: see ``conditions.past.derive``.

        Writes ``current_values`` (places,), and with ``commit`` ``slots``.
        """

    def derive_series(self, code: int, n: int, operand: Floats, slot: Floats, results: Floats) -> None:
        """One derived series over a whole series into ``results`` (bars,): see ``conditions.past.derive_series``."""


class PriceArrays(NamedTuple):
    """The inputs of chart patterns; each of shape (bars,)."""

    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    time: Int64s
    rsi: Floats
    """The plan's columns of ``patterns.layout.COLUMNS``."""
    macd: Floats
    obv: Floats


class MeasuredBars(NamedTuple):
    """The values of the plan's columns at closed bars; ``rows`` and ``columns`` are places in ``values``."""

    values: Floats
    """(rows, columns)."""
    rows: Int64s
    """(bars,): the row of each bar."""
    columns: Int64s
    """(3,): the columns of ``patterns.layout.COLUMNS``."""


class PatternMemory(NamedTuple):
    """The memory of the chart patterns of one series, or of many with (symbols, places) before each shape. Written."""

    swings: Records
    """(1,) of SWING; of many (symbols, places)."""
    pivots: Records
    """(PIVOTS,) of PIVOT."""
    alive: Records
    """(ACTIVE,) of PATTERN."""


class PatternEvents(NamedTuple):
    """Room for the events of patterns. Written."""

    draft: Records
    """(1,) of PATTERN, scratch."""
    events: Records
    """(room,) of PATTERN, room >= MOST_EVENTS."""
    bar: Int64s
    """(room,): the index of each event's bar in the input."""


class PatternKernels(Protocol):
    """The module of the chart patterns. Both stop when the room for events is full: call again from the returned bar."""

    def advance_closed_bars(
        self, windows: Any, places: BarIndexes, times: Int64s, kept: Int64s, measured: MeasuredBars, start: int,
        memory: PatternMemory, found: PatternEvents,
    ) -> tuple[int, int]:  # fmt: skip
        """Many closed bars from number ``start`` on: (next bar, events).

        ``windows`` holds arrays (symbols, timeframes, window). ``kept[timeframe]`` is the place of that timeframe in the memory, -1
        if there is none; ``times`` are the close times.
        """

    def history(self, prices: PriceArrays, start: int, memory: PatternMemory, found: PatternEvents) -> tuple[int, int]:
        """One series from bar ``start`` on: (next bar, events)."""
