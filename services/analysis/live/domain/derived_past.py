"""The whole series of a symbol as its derived values read them: indicators, bar fields, time fields and events of every bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from services.analysis.kernels.closed_bars import AdjustedBars
from services.analysis.kernels.conditions.derived import SeriesNeeds, is_past
from services.analysis.kernels.conditions.whole_series import SeriesValues
from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.kernels.patterns.layout import STATUSES, Records
from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.plan import BAR_FIELDS
from services.analysis.kernels.sequences.whole_series import completed, fired_of
from services.analysis.live.domain.known_values import KnownValues
from services.analysis.live.domain.layout import TIMEFRAME_CODES
from services.analysis.live.domain.sequence_signals import FollowedSequence
from services.analysis.live.domain.series_runner import SeriesRunner
from services.analysis.live.domain.state import PartitionState
from shared.conditions import Node, SeriesName
from shared.conditions.expression import Elsewhere, Fired
from shared.events import Timeframe


class SymbolPast:
    """The whole past of one symbol. Changes no state."""

    def __init__(
        self,
        state: PartitionState,
        row: int,
        series: SeriesRunner,
        known_values: KnownValues,
        followed: Sequence[FollowedSequence],
    ) -> None:
        self._state = state
        self._row = row
        self._series = series
        self._known = known_values
        self._followed = followed

    def series(
        self, closed_bars: Mapping[Timeframe, AdjustedBars], needs: Mapping[Timeframe, SeriesNeeds]
    ) -> dict[Timeframe, SeriesValues]:
        """The series of the timeframes that are needed, from all their bars."""
        return {
            timeframe: self._one(timeframe, closed_bars[timeframe], needs[timeframe])
            for timeframe in needs
            if timeframe in closed_bars
        }

    def _one(self, timeframe: Timeframe, bars: AdjustedBars, needs: SeriesNeeds) -> SeriesValues:
        code, values = TIMEFRAME_CODES[timeframe], self._series.past_values(bars)
        nodes = [node for node in needs.derived if not is_past(node)]
        known: dict[Node, Floats] = {node: self._times(code, bars, node) for node in nodes if isinstance(node, SeriesName)}
        for node in nodes:
            if isinstance(node, Elsewhere) and node.instrument:
                known[node] = self._known.elsewhere(node, self._state, self._row, bars.session)
        fired = [node for node in nodes if isinstance(node, Fired)]
        if fired:
            known |= self._events(timeframe, bars, values, fired)
        return SeriesValues(np.vstack([values, *(getattr(bars, name) for name in BAR_FIELDS)]), bars.ts_close, known)

    def _times(self, code: int, bars: AdjustedBars, node: SeriesName) -> Floats:
        return self._known.times(node, self._state, self._row, code, bars.session, bars.ts_close)

    def _events(self, timeframe: Timeframe, bars: AdjustedBars, values: Floats, nodes: Sequence[Fired]) -> dict[Node, Floats]:
        code = TIMEFRAME_CODES[timeframe]
        fired = self._series.past_fired(self._state, self._row, code, bars, values)
        patterns = self._series.past_patterns(code, bars, values)
        return {node: self._event(timeframe, node, fired, patterns) for node in nodes}

    def _event(self, timeframe: Timeframe, node: Fired, fired: Int64s, patterns: Records) -> Floats:
        if node.source == "rule":
            return self._known.fired(node, fired)
        found = np.zeros(fired.shape[1])
        if node.source == "pattern":
            for x in patterns[patterns["status"] == STATUSES.index(node.event)]:
                found[x["at"]] = max(found[x["at"]], PATTERNS[x["kind"]].name == node.name)
            return found
        kinds = self._series.kinds
        for each in self._followed:
            if each.sequence.id == node.name and each.sequence.timeframe == timeframe:
                flags = fired_of(self._series.base.rules, kinds, fired, patterns)
                found = completed(each.sequence, kinds, flags).astype(np.float64)
        return found
