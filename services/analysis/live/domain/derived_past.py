"""The whole past of a symbol with what live runs for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.analysis.kernels.closed_bars import AdjustedBars
from services.analysis.kernels.conditions.symbol_past import SymbolPast
from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.kernels.patterns.layout import Records
from services.analysis.kernels.plan import RuleInstance
from services.analysis.live.domain.known_values import KnownValues
from services.analysis.live.domain.layout import TIMEFRAME_CODES
from services.analysis.live.domain.sequence_signals import FollowedSequence
from services.analysis.live.domain.series_runner import SeriesRunner
from services.analysis.live.domain.state import PartitionState
from shared.events import Timeframe


@dataclass(frozen=True)
class _LiveSeries:
    """``WholeSeries`` of the plan and the requested indicators."""

    series: SeriesRunner
    kind: str

    @property
    def rules(self) -> tuple[RuleInstance, ...]:
        return self.series.base.rules

    def values(self, bars: AdjustedBars) -> Floats:
        return self.series.past_values(bars)

    def fired(self, timeframe: Timeframe, bars: AdjustedBars, values: Floats) -> Int64s:
        return self.series.past_fired(self.kind, timeframe, bars, values)

    def patterns(self, timeframe: Timeframe, bars: AdjustedBars, values: Floats) -> Records:
        return self.series.past_patterns(TIMEFRAME_CODES[timeframe], bars, values)


def symbol_past(
    state: PartitionState, row: int, series: SeriesRunner, known: KnownValues, followed: Sequence[FollowedSequence]
) -> SymbolPast:
    """The past of the symbol in a row. Changes no state."""
    symbol, names = state.symbols[row], list(known.calendar.codes)
    exchange = names[list(known.calendar.codes.values()).index(int(state.records[row]["exchange"]))]
    mine = [each.sequence for each in followed if each.symbols is None or symbol in each.symbols]
    return SymbolPast(symbol, exchange, known.calendar.exchanges, _LiveSeries(series, state.kinds[row]), known.others, mine)
