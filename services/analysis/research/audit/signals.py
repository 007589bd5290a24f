"""Audits a signal, or all rules and chart patterns together, on one series."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.plan import Plan
from services.analysis.kernels.sequences.kinds import Kinds, kinds
from services.analysis.kernels.sequences.whole_series import FiredFlags, completed, fired_of
from services.analysis.research.audit.difference import Difference, compared
from services.analysis.research.audit.revealed import patterns_bar_by_bar, rules_bar_by_bar
from services.analysis.research.audit.truncated import (
    Places,
    audited_places,
    input_differences,
    market_until,
    prefix_differences,
)
from services.analysis.research.domain.firings import DEFAULT, Firings, firings, pattern_firings, rule_firings
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.domain.signal_names import ConditionSignal, PatternSignal, RuleSignal, SequenceSignal, SignalSpec

SIGNS = {1: "up", -1: "down"}


@dataclass(frozen=True)
class Audit:
    """How to audit."""

    kernels: SignalKernels
    bars: int
    """Random bars."""
    seed: int
    step: Callable[[], None] = lambda: None
    """Called often while something is recomputed."""

    def of(self, series: ResearchSeries, signal: SignalSpec | None, market: KnownMarket) -> Iterator[Difference]:
        """The differences of a signal; None: of all rules and chart patterns that run on the timeframe."""
        if not len(series):
            return
        match signal:
            case ConditionSignal():
                yield from self._condition(series, signal, market)
            case RuleSignal():
                yield from self._rules(series, signal.plan, patterns=False)
            case SequenceSignal():
                yield from self._sequence(series, signal)
            case PatternSignal():
                yield from self._rules(series, DEFAULT, patterns=True, rules=False, named=signal.name)
            case None:
                yield from self._rules(series, DEFAULT, patterns=series.timeframe.row.patterns, at_signals=False)

    def places(self, fired: Firings) -> Places:
        """The audited bars; ``fired`` (signals, bars)."""
        return audited_places(np.any(fired != 0, axis=0), self.bars, self.seed)

    def _rules(
        self, series: ResearchSeries, plan: Plan, *, patterns: bool, rules: bool = True, named: str = "", at_signals: bool = True
    ) -> Iterator[Difference]:
        known, values = rules_bar_by_bar(self.kernels.code.core, plan, series)
        self.step()
        whole = np.zeros((0, len(series)), np.int8)
        if rules:
            whole = rule_firings(self.kernels, series, plan)
            yield from compared([rule_text(each.name, each.params) for each in plan.rules], series, known, whole)
        if patterns:
            names, whole_patterns = pattern_firings(self.kernels, series)
            events = patterns_bar_by_bar(self.kernels.patterns(), plan, values, series)
            self.step()
            flags = fired_of((), PATTERN_KINDS, known[:0], events)
            then = np.array([_signs(name, flags) for name in names], np.int8)
            chosen = [n for n, name in enumerate(names) if named in {"", name}]
            yield from compared([names[n] for n in chosen], series, then[chosen], whole_patterns[chosen])
            whole = np.concatenate([whole, whole_patterns[chosen]])
        yield from input_differences(series, self.places(whole if at_signals else whole[:0]), self.step)

    def _sequence(self, series: ResearchSeries, signal: SequenceSignal) -> Iterator[Difference]:
        """The steps as they were known bar by bar, and what they completed when each audited bar closed."""
        whole = firings(self.kernels, series, signal)
        fired, values = rules_bar_by_bar(self.kernels.code.core, DEFAULT, series)
        events = patterns_bar_by_bar(self.kernels.patterns(), DEFAULT, values, series) if _reads_patterns(signal) else None
        known = kinds(DEFAULT.rules)
        flags = fired_of(DEFAULT.rules, known, fired, events)
        places = self.places(whole[None])
        sign = 1 if signal.sequence.steps[-1].direction == "up" else -1
        for place in places.tolist():
            then = completed(signal.sequence, known, flags[:, : place + 1])[-1] * sign
            yield from compared([signal.text], series, np.array([[then]]), whole[None, place : place + 1], place)
        yield from input_differences(series, places, self.step)

    def _condition(self, series: ResearchSeries, signal: ConditionSignal, market: KnownMarket) -> Iterator[Difference]:
        def compute(of: ResearchSeries) -> Firings:
            return firings(self.kernels, of, signal, market_until(market, int(of.ts_close[-1])))

        yield from prefix_differences(signal.text, compute, series, self.bars, self.seed, self.step)


PATTERN_KINDS: Kinds = kinds(())
"""The chart patterns in each of their directions."""


def rule_text(name: str, params: object) -> str:
    """A rule with its parameters, as people write it."""
    shown = ", ".join(f"{key}={value:g}" for key, value in dict(params).items())  # type: ignore[call-overload]
    return f"{name}({shown})" if shown else name


def _signs(name: str, flags: FiredFlags) -> Firings:
    total = np.zeros(flags.shape[1], np.int64)
    for number, kind in enumerate(PATTERN_KINDS):
        if kind.rule == name:
            total += np.where(flags[number], 1 if kind.direction == "up" else -1, 0)
    signs: Firings = np.sign(total).astype(np.int8)
    return signs


def _reads_patterns(signal: SequenceSignal) -> bool:
    names = {each.name for each in PATTERNS}
    return any(step.rule in names for step in signal.sequence.steps)
