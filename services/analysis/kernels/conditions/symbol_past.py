"""The whole series of a symbol as its derived values read them: indicators, bar fields, time fields and events of every bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from services.analysis.kernels.closed_bars import AdjustedBars
from services.analysis.kernels.conditions.derived import SeriesNeeds, is_past
from services.analysis.kernels.conditions.events import matching_rules, pattern_reached, rule_fired
from services.analysis.kernels.conditions.other_instruments import OtherInstruments
from services.analysis.kernels.conditions.times import ExchangeTimes, time_field
from services.analysis.kernels.conditions.whole_series import SeriesValues
from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.kernels.patterns.layout import Records
from services.analysis.kernels.plan import BAR_FIELDS, RuleInstance
from services.analysis.kernels.sequences.kinds import kinds
from services.analysis.kernels.sequences.whole_series import completed, fired_of
from shared.conditions import Node, SeriesName
from shared.conditions.expression import Elsewhere, Fired
from shared.events import Timeframe
from shared.sequences import SignalSequence


class WholeSeries(Protocol):
    """What runs for the series of a symbol. Nothing changes a state."""

    @property
    def rules(self) -> tuple[RuleInstance, ...]:
        """The rules that ``fired`` numbers."""

    def values(self, bars: AdjustedBars) -> Floats:
        """The indicators: (columns, bars)."""

    def fired(self, timeframe: Timeframe, bars: AdjustedBars, values: Floats) -> Int64s:
        """The rules: (rules, bars), +1 up, -1 down, 0 nothing."""

    def patterns(self, timeframe: Timeframe, bars: AdjustedBars, values: Floats) -> Records:
        """The events of chart patterns (dtype PATTERN)."""


@dataclass(frozen=True)
class SymbolPast:
    """The whole past of one symbol."""

    symbol: str
    exchange: str
    exchanges: Mapping[str, ExchangeTimes]
    """The sessions of its exchange and of those of the instruments that it reads, by name."""
    runs: WholeSeries
    others: OtherInstruments
    sequences: Sequence[SignalSequence] = ()
    """Those that are followed for the symbol."""

    def series(
        self, pasts: Mapping[Timeframe, AdjustedBars], needs: Mapping[Timeframe, SeriesNeeds]
    ) -> dict[Timeframe, SeriesValues]:
        """The series of the timeframes that are needed, from all their bars."""
        return {timeframe: self._one(timeframe, pasts[timeframe], needs[timeframe]) for timeframe in needs if timeframe in pasts}

    def _one(self, timeframe: Timeframe, bars: AdjustedBars, needs: SeriesNeeds) -> SeriesValues:
        values, nodes = self.runs.values(bars), [node for node in needs.derived if not is_past(node)]
        known: dict[Node, Floats] = {}
        for node in nodes:
            if isinstance(node, SeriesName):
                known[node] = time_field(node.name, self.exchanges[self.exchange], timeframe, bars.session, bars.ts_close)
            elif isinstance(node, Elsewhere) and node.instrument:
                opens = self.exchanges[self.exchange].opens(bars.session)
                known[node] = self.others.values(node, self.symbol, self.exchanges, opens)
        fired = [node for node in nodes if isinstance(node, Fired)]
        if fired:
            known |= self._events(timeframe, bars, values, fired)
        return SeriesValues(np.vstack([values, *(getattr(bars, name) for name in BAR_FIELDS)]), bars.ts_close, known)

    def _events(self, timeframe: Timeframe, bars: AdjustedBars, values: Floats, nodes: Sequence[Fired]) -> dict[Node, Floats]:
        fired = self.runs.fired(timeframe, bars, values)
        patterns = self.runs.patterns(timeframe, bars, values)
        return {node: self._event(timeframe, node, fired, patterns) for node in nodes}

    def _event(self, timeframe: Timeframe, node: Fired, fired: Int64s, patterns: Records) -> Floats:
        rules = self.runs.rules
        if node.source == "rule":
            return rule_fired(node, fired[matching_rules(node, rules)])
        if node.source == "pattern":
            return pattern_reached(node, patterns, fired.shape[1])
        for sequence in self.sequences:
            if sequence.id == node.name and sequence.timeframe == timeframe:
                known = kinds(rules)
                return completed(sequence, known, fired_of(rules, known, fired, patterns)).astype(np.float64)
        return np.zeros(fired.shape[1])
