"""Derived values that are not computed from other values of a row, at one bar or over a whole series.

Time fields come from the calendar, events from rules, patterns and sequences, values of other instruments from stored sessions.

A rule, pattern or sequence that does not run for a series never fires there. On a forming bar a rule or sequence counts at the
minute at which it fires, once a bar, as its provisional signal does; chart patterns look at closed bars alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from services.analysis.kernels.conditions.events import matching_rules, rule_fired
from services.analysis.kernels.conditions.other_instruments import OtherInstruments
from services.analysis.kernels.conditions.times import time_field
from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.kernels.plan import RuleInstance
from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.layout import TIMEFRAMES
from services.analysis.live.domain.state import PartitionState
from shared.conditions import Node, SeriesName
from shared.conditions.expression import Elsewhere, Fired
from shared.events import Pattern, Signal
from shared.sequences.sequence import identity


@dataclass(frozen=True)
class BarEvents:
    """What happened on the bars of a batch."""

    fired: Int64s
    """(bars, rules): +1 up, -1 down, 0 nothing."""
    patterns: Sequence[Pattern] = ()
    sequences: Sequence[tuple[int, Signal]] = ()
    """Signals of sequences, each with the index of its bar."""

    @cached_property
    def statuses(self) -> frozenset[tuple[str, str, int, str, str]]:
        """Symbol, timeframe, close, pattern and status of each event of a pattern."""
        return frozenset((one.symbol, str(one.timeframe), one.ts_event, one.pattern, one.status) for one in self.patterns)

    @cached_property
    def completed(self) -> frozenset[tuple[int, str]]:
        """Index of the bar and id of each sequence that is complete."""
        return frozenset((i, identity(signal.sequence or "")) for i, signal in self.sequences)


@dataclass
class KnownValues:
    """Looks up time fields, events and values of other instruments."""

    calendar: Calendar
    rules: tuple[RuleInstance, ...]
    others: OtherInstruments = field(default_factory=OtherInstruments)
    _matching: dict[Fired, Int64s] = field(default_factory=dict, compare=False, repr=False)

    def at_bar(self, node: Node, state: PartitionState, x: Any, i: int, events: BarEvents) -> float:
        """The value at a bar (dtype CLOSED), the one with index ``i`` of its batch; NaN if unknown."""
        row, code = int(x["row"]), int(x["timeframe"])
        if isinstance(node, SeriesName):
            session, moment = np.array([x["session"]], np.int64), np.array([x["known_at"]], np.int64)
            return float(self.times(node, state, row, code, session, moment)[0])
        if isinstance(node, Elsewhere):
            return float(self.elsewhere(node, state, row, np.array([x["session"]], np.int64))[0])
        if not isinstance(node, Fired):
            return float("nan")
        if node.source == "rule":
            return float(self.fired(node, events.fired[i : i + 1].T)[0])
        if node.source == "sequence":
            return float((i, node.name) in events.completed)
        where = state.symbols[row], str(TIMEFRAMES[code]), int(x["close_at"])
        return float(not x["provisional"] and (*where, node.name, node.event) in events.statuses)

    def times(self, node: SeriesName, state: PartitionState, row: int, code: int, session: Int64s, moment: Int64s) -> Floats:
        """A time field of bars of a series: (bars,)."""
        exchange = int(state.records[row]["exchange"])
        return time_field(node.name, self.calendar.times[exchange], TIMEFRAMES[code], session, moment)

    def elsewhere(self, node: Elsewhere, state: PartitionState, row: int, session: Int64s) -> Floats:
        """A value of another instrument for bars of these sessions: (bars,)."""
        opens = self.calendar.times[int(state.records[row]["exchange"])].opens(session)
        return self.others.values(node, state.symbols[row], self.calendar.exchanges, opens)

    def fired(self, node: Fired, fired: np.ndarray[Any, Any]) -> Floats:
        """Whether an event of a rule is among what fired: ``fired`` (rules, bars), the result (bars,)."""
        if node not in self._matching:
            self._matching[node] = matching_rules(node, self.rules)
        return rule_fired(node, fired[self._matching[node]])
