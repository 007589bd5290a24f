"""Where a signal fired on a whole series, with the compiled kernels of live."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.pattern_inputs import pattern_inputs
from services.analysis.kernels.patterns.layout import CONFIRMED, Records
from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.patterns.whole_series import history as pattern_history
from services.analysis.kernels.patterns.whole_series import no_patterns
from services.analysis.kernels.plan import TIMEFRAME_NAMES, Plan, RuleInstance, instrument_code, plan
from services.analysis.kernels.sequences.kinds import kinds
from services.analysis.kernels.sequences.whole_series import completed, fired_of
from services.analysis.kernels.whole_series import history, past_fired
from services.analysis.research.domain import conditions
from services.analysis.research.domain.condition_values import condition_values
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.domain.signal_names import (
    ConditionSignal,
    PatternSignal,
    RuleSignal,
    SequenceSignal,
    SignalSpec,
    read_signal,
)
from shared.events import Timeframe
from shared.sequences import SignalSequence

Firings = npt.NDArray[np.int8]
"""+1 up, -1 down, 0 nothing, on each bar: (bars,), or (signals, bars)."""
DEFAULT: Final = plan()
"""The rules of live. Its version stands in every result."""


@dataclass(frozen=True)
class RuleFirings:
    """All rules of the default plan on one series."""

    rules: tuple[RuleInstance, ...]
    """The rows of ``fired``; the same for every series."""
    runs: npt.NDArray[np.bool_]
    """Whether live runs a rule on this timeframe and kind of instrument: (rules,)."""
    fired: Firings
    """(rules, bars); 0 throughout where a rule does not run."""


def firings(kernels: SignalKernels, series: ResearchSeries, signal: str | SignalSpec, market: KnownMarket | None = None) -> Firings:
    """Where a signal fired: (bars,), +1 up, -1 down, 0 nothing; a condition is +1 where it is true.

    Bar ``t`` depends on bars up to ``t`` alone. A direction in the name (``ema_cross up``) leaves the other one 0. Of the default
    instances of a rule any may fire; where two contradict each other the bar is 0. Releases the GIL most of the time.

    Raises:
        SignalNameError: the text names no signal, or the series lacks what it reads.
    """
    spec = read_signal(signal, series.timeframe) if isinstance(signal, str) else signal
    if not len(series):
        return np.zeros(0, np.int8)
    match spec:
        case RuleSignal():
            return _chosen(rule_firings(kernels, series, spec.plan).sum(axis=0), spec.direction)
        case PatternSignal():
            return _chosen(_pattern(_patterns(kernels, series), spec.name, len(series)), spec.direction)
        case SequenceSignal():
            return _sequence(kernels, series, spec.sequence)
        case ConditionSignal():
            held = condition_values(kernels, series, [spec.condition], market or KnownMarket())[0]
            return _chosen(held == 1.0, None)


def default_firings(kernels: SignalKernels, series: ResearchSeries) -> RuleFirings:
    """All rules of the default plan over one series in one run."""
    runs = DEFAULT.runs[TIMEFRAME_NAMES.index(series.timeframe), instrument_code(series.kind)].astype(np.bool_)
    fired = rule_firings(kernels, series, DEFAULT) if len(series) else np.zeros((len(DEFAULT.rules), 0), np.int8)
    return RuleFirings(DEFAULT.rules, runs, fired)


def pattern_firings(kernels: SignalKernels, series: ResearchSeries) -> tuple[tuple[str, ...], Firings]:
    """All chart patterns as they are confirmed: their names, and (patterns, bars)."""
    events = _patterns(kernels, series)
    names = tuple(each.name for each in PATTERNS)
    return names, np.stack([_chosen(_pattern(events, name, len(series)), None) for name in names])


def needed_timeframes(signal: SignalSpec, timeframe: Timeframe) -> frozenset[Timeframe]:
    """The timeframes whose bars a signal reads on a series: its own, those that it names, the days of the 52-week range."""
    own = frozenset({timeframe} if timeframe.row.period or timeframe == Timeframe.D1 else {timeframe, Timeframe.D1})
    return own | conditions.timeframes(signal.condition) if isinstance(signal, ConditionSignal) else own


def needed_instruments(signal: SignalSpec, benchmark: str = "") -> tuple[str, ...]:
    """The other instruments whose daily bars a signal reads; ``benchmark``: that of the instrument."""
    return tuple(conditions.references(signal.condition, benchmark)) if isinstance(signal, ConditionSignal) else ()


def rule_firings(kernels: SignalKernels, series: ResearchSeries, chosen: Plan) -> Firings:
    """The rules of a plan on a series: (rules, bars)."""
    values = history(kernels.code, _without_rules(chosen), series.inputs).values
    return past_fired(kernels.code.core, chosen, series.kind, str(series.timeframe), series.inputs, values).astype(np.int8)


def _without_rules(chosen: Plan) -> Plan:
    """The indicators of a plan without its rules, whose loop over a history is another module."""
    return replace(chosen, rules=())


def _patterns(kernels: SignalKernels, series: ResearchSeries) -> Records:
    prices: Bars = series.inputs
    return pattern_history(kernels.patterns(), no_patterns(), pattern_inputs(kernels.code, prices, series.ts_close))


def _pattern(events: Records, name: str, bars: int) -> npt.NDArray[np.int64]:
    numbers = [number for number, each in enumerate(PATTERNS) if each.name == name]
    chosen = events[np.isin(events["kind"], numbers) & (events["status"] == CONFIRMED)]
    found = np.zeros(bars, np.int64)
    np.add.at(found, chosen["at"], np.sign(chosen["direction"]))
    return found


def _sequence(kernels: SignalKernels, series: ResearchSeries, sequence: SignalSequence) -> Firings:
    known = kinds(DEFAULT.rules)
    names = {each.name for each in PATTERNS}
    patterns = _patterns(kernels, series) if any(step.rule in names for step in sequence.steps) else None
    done = completed(sequence, known, fired_of(DEFAULT.rules, known, rule_firings(kernels, series, DEFAULT), patterns))
    return _chosen(done * (1 if sequence.steps[-1].direction == "up" else -1), None)


def _chosen(total: npt.NDArray[np.generic], direction: str | None) -> Firings:
    signs: Firings = np.sign(total.astype(np.int64)).astype(np.int8)
    if direction is not None:
        signs[signs != (1 if direction == "up" else -1)] = 0
    return signs
