"""Evaluates a condition over the stored bars of one instrument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.analysis.kernels.closed_bars import BarRecords, inputs
from services.analysis.kernels.conditions.derived import SeriesNeeds, derived_needs, needs_of
from services.analysis.kernels.conditions.other_instruments import OtherInstruments, SessionValues
from services.analysis.kernels.conditions.symbol_past import SymbolPast
from services.analysis.kernels.conditions.times import ExchangeTimes
from services.analysis.kernels.conditions.whole_series import truths, values_of
from services.analysis.research.domain.series import NeededSeries
from shared.conditions import Condition, Node
from shared.events import SymbolHistory, Timeframe
from shared.sequences import SignalSequence


@dataclass(frozen=True)
class InstrumentPast:
    """The stored past of an instrument."""

    symbol: str
    exchange: str = ""
    """Empty: it is not listed."""
    kind: str = "stock"
    bars: Mapping[Timeframe, BarRecords] = field(default_factory=dict)


def session_values(
    past: InstrumentPast, nodes: Sequence[Node], runs: NeededSeries, exchanges: Mapping[str, ExchangeTimes]
) -> SessionValues:
    """Expressions over the daily bars of another instrument."""
    days = past.bars.get(Timeframe.D1)
    if days is None or not len(days) or not past.exchange:
        return SessionValues("", np.empty(0, np.int64), {})
    whole = SymbolPast(past.symbol, past.exchange, exchanges, runs, OtherInstruments())
    series = whole.series(inputs({Timeframe.D1: days}), {Timeframe.D1: derived_needs(nodes)})
    values = {node: values_of(runs.code.core, node, Timeframe.D1, runs.columns, series) for node in nodes}
    return SessionValues(past.exchange, days["session"].copy(), values)


def symbol_history(
    condition: Condition,
    past: InstrumentPast,
    runs: NeededSeries,
    exchanges: Mapping[str, ExchangeTimes],
    others: OtherInstruments,
    sequences: Sequence[SignalSequence],
    limit: int,
) -> SymbolHistory:
    """Where a condition held; ``limit``: most close times. ``sequences``: those that are followed for the instrument.

    ``exchanges``: the sessions of the exchanges, by name; empty where the condition reads none.

    Releases the GIL most of the time.
    """
    own = past.bars.get(condition.timeframe)
    if own is None or not len(own) or not past.exchange:
        return SymbolHistory(symbol=past.symbol, bars=0, held=0, unknown=0)
    whole = SymbolPast(past.symbol, past.exchange, exchanges, runs, others, sequences)
    needs = needs_of(condition)
    series = whole.series(inputs(past.bars), {condition.timeframe: SeriesNeeds()} | needs)
    results = truths(runs.code.core, condition, runs.columns, series)
    closes, held = own["ts_close"], np.flatnonzero(results == 1.0)
    return SymbolHistory(
        symbol=past.symbol,
        bars=len(closes),
        first_bar=int(closes[0]),
        last_bar=int(closes[-1]),
        held=len(held),
        unknown=int(np.count_nonzero(np.isnan(results))),
        newest=tuple(closes[held[::-1][:limit]].tolist()),
    )
