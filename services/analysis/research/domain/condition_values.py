"""The values of several conditions on one series, with the compiled kernels of live."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.analysis.kernels.closed_bars import inputs
from services.analysis.kernels.conditions.derived import SeriesNeeds, needs_of
from services.analysis.kernels.conditions.other_instruments import OtherInstruments, SessionValues
from services.analysis.kernels.conditions.programs import compile_conditions, scanned
from services.analysis.kernels.conditions.symbol_past import SymbolPast
from services.analysis.kernels.conditions.whole_series import derive
from services.analysis.kernels.groups.condition_values import GroupValues
from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.domain import conditions
from services.analysis.research.domain.evaluation import InstrumentPast, session_values
from services.analysis.research.domain.jobs import RefusedJobError
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.series import NeededSeries, needed_series
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.domain.signal_names import SignalNameError
from shared.conditions import Condition, Node
from shared.conditions.expression import Elsewhere
from shared.events import Timeframe


def condition_values(kernels: SignalKernels, series: ResearchSeries, asked: Sequence[Condition], market: KnownMarket) -> Floats:
    """Each condition at each bar: (conditions, bars); truths are 1.0 and 0.0, NaN is unknown.

    All are on the timeframe of the series; a root may be a number. Bar ``t`` depends on bars up to ``t`` alone. Indicators that
    several conditions read run once. Releases the GIL most of the time.

    Raises:
        SignalNameError: the series, or the market, lacks what a condition reads.
    """
    if not asked or not len(series):
        return np.full((len(asked), len(series)), np.nan)
    for condition in asked:
        _check(condition, series, market)
    needs = {series.timeframe: SeriesNeeds()}
    for condition in asked:
        for timeframe, need in needs_of(condition).items():
            merged = needs.setdefault(timeframe, SeriesNeeds())
            merged.derived |= need.derived
            merged.exported |= need.exported
    runs = _runs(kernels, asked, series.kind)
    whole = SymbolPast(
        series.symbol, series.exchange, market.exchanges, runs, _others(kernels, series, asked, market), market.sequences
    )
    programs = compile_conditions(asked, runs.columns)
    core = kernels.code.core
    rows = derive(core, programs, whole.series(inputs(series.bars), needs), needs)[series.timeframe].rows
    return np.stack([scanned(core, programs, number, rows) for number in range(len(asked))])


def _check(condition: Condition, series: ResearchSeries, market: KnownMarket) -> None:
    try:
        conditions.check(condition)
    except RefusedJobError as error:
        raise SignalNameError(f"signal: {error}", "not-supported") from error
    lacks = f"which {series.source or 'the data'} lacks"
    if missing := sorted(set(needs_of(condition)) - set(series.bars), key=list(Timeframe).index):
        raise SignalNameError(
            f"signal: {condition.text!r} reads bars of {missing[0].word}, {lacks}",
            "data-lacks",
            value=condition.text,
            name=missing[0].word,
        )
    if conditions.group_nodes(condition) and market.groups is None:
        raise SignalNameError(
            f"signal: {condition.text!r} reads industries or relative strength, {lacks}", "data-lacks-groups", value=condition.text
        )
    wanted = conditions.references(condition, market.benchmarks.get(series.symbol, ""))
    if absent := [symbol for symbol in wanted if symbol not in market.others]:
        raise SignalNameError(
            f"signal: {condition.text!r} reads {absent[0]}, {lacks}", "data-lacks", value=condition.text, name=absent[0]
        )
    exchanges = {series.exchange} | {market.others[symbol].exchange for symbol in wanted}
    if conditions.reads_sessions(condition) and (unknown := sorted(exchanges - market.exchanges.keys())):
        raise SignalNameError(
            f"signal: {condition.text!r} reads sessions; exchange {unknown[0]!r} has no calendar here",
            "no-calendar",
            value=condition.text,
            name=unknown[0],
        )


def _runs(kernels: SignalKernels, asked: Sequence[Condition], kind: str) -> NeededSeries:
    return needed_series(asked, kind, kernels.code, kernels.patterns)


def _others(kernels: SignalKernels, series: ResearchSeries, asked: Sequence[Condition], market: KnownMarket) -> OtherInstruments:
    benchmark = market.benchmarks.get(series.symbol, "")
    nodes: dict[str, list[Node]] = {}
    for condition in asked:
        for symbol, found in conditions.references(condition, benchmark).items():
            nodes.setdefault(symbol, []).extend(found)
    values: dict[str, SessionValues] = {}
    for symbol, found in nodes.items():
        other = market.others[symbol]
        past = InstrumentPast(other.symbol, other.exchange, other.kind, other.bars)
        values[symbol] = session_values(past, found, _runs(kernels, asked, other.kind), market.exchanges)
    groups = GroupValues()
    if market.groups is not None:
        asked_nodes = frozenset[Elsewhere]().union(*map(conditions.group_nodes, asked))
        groups = market.groups.of(series.symbol, asked_nodes).values(market.exchanges, kernels.code.core)
    return OtherInstruments(values, {series.symbol: benchmark} if benchmark else {}, groups)
