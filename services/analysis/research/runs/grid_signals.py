"""The signals of the sets of a batch on one instrument: each text once, as cheaply as its sort allows.

Crossings of two columns are traded from the columns themselves. Conditions over columns and fields of the bar are scanned as
programs, all with the indicators of one run over the bars. Everything else is ``firings``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

import numpy as np

from services.analysis.kernels.conditions.derived import needs_of
from services.analysis.kernels.conditions.programs import BLOCK, Programs, compile_conditions
from services.analysis.kernels.conditions.required_indicators import required_indicator
from services.analysis.kernels.indicators.kind import Floats
from services.analysis.kernels.plan import BAR_FIELDS, Plan, plan
from services.analysis.kernels.whole_series import history
from services.analysis.research.backtest.layout import EITHER, Int8s
from services.analysis.research.domain.firings import firings
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.domain.signal_names import ConditionSignal, RuleSignal, SignalSpec, read_signal
from services.analysis.research.grid.machine_code import GridKernels
from services.analysis.research.runs.backtest_signals import entries, exits, fires_both_ways
from shared.conditions import Operation, SeriesName
from shared.events import Timeframe

RULES: Final = ("golden_cross", "dead_cross", "ema_cross")
"""Rules that are the crossing of their two columns."""


class Crossing(NamedTuple):
    """One column crosses another."""

    fast: str
    slow: str
    up: bool

    @property
    def turned(self) -> Crossing:
        """The same, seen from the other column."""
        return Crossing(self.slow, self.fast, not self.up)


def crossing_of(spec: SignalSpec, timeframe: Timeframe) -> Crossing | None:
    """The crossing that a signal is when it fires up for an entry or down for an exit; None if it is something else."""
    if isinstance(spec, ConditionSignal):
        root = spec.condition.root
        if isinstance(root, Operation) and root.name in {"crosses_above", "crosses_below"} and not needs_of(spec.condition):
            first, second = root.operands
            if isinstance(first, SeriesName) and isinstance(second, SeriesName):
                return Crossing(first.name, second.name, root.name == "crosses_above")
        return None
    if isinstance(spec, RuleSignal) and spec.name in RULES and spec.direction is None and len(spec.plan.rules) == 1:
        rule = spec.plan.rules[0]
        runs_everywhere = rule.rule.instruments(rule.params) is None and str(timeframe) in rule.rule.timeframes
        fast, slow = (name.format(**{key: f"{value:g}" for key, value in rule.params.items()}) for name in rule.rule.columns)
        own = rule.rule.instances == (rule.params,)
        return Crossing(fast, slow, spec.name != "dead_cross") if runs_everywhere or own else None
    return None


@lru_cache(maxsize=20_000)
def known_signal(text: str, timeframe: Timeframe) -> SignalSpec:
    """``read_signal``, once for the check of a grid and for its batches: reading a condition takes longer than trading it."""
    return read_signal(text, timeframe)


@dataclass(frozen=True)
class BatchSignals:
    """The signals of a batch, read once for all instruments."""

    timeframe: Timeframe
    specs: Mapping[str, SignalSpec]

    @classmethod
    def of(cls, texts: Sequence[str], timeframe: Timeframe) -> BatchSignals:
        """Raises SignalNameError."""
        return cls(timeframe, {text: known_signal(text, timeframe) for text in dict.fromkeys(texts) if text})

    @cached_property
    def crossings(self) -> Mapping[str, Crossing]:
        """By text."""
        found = {text: crossing_of(spec, self.timeframe) for text, spec in self.specs.items()}
        return {text: crossing for text, crossing in found.items() if crossing is not None}

    def columns_of_pair(self, entry: str, leave: str) -> tuple[str, str] | None:
        """Fast and slow column of a set that enters where the first crosses above and leaves where it crosses below."""
        into, out = self.crossings.get(entry), self.crossings.get(leave)
        if into is None or out is None:
            return None
        into = into if into.up else into.turned
        spec = self.specs[leave]
        if isinstance(spec, RuleSignal) and fires_both_ways(spec):
            out = out._replace(up=False)  # only down closes a long position
        out = out.turned if out.up else out
        return (into.fast, into.slow) if (into.fast, into.slow) == (out.fast, out.slow) else None

    @cached_property
    def simple(self) -> tuple[str, ...]:
        """Conditions over columns and fields of the bar alone."""
        return tuple(
            text for text, spec in self.specs.items() if isinstance(spec, ConditionSignal) and not needs_of(spec.condition)
        )

    @cached_property
    def indicators(self) -> Plan:
        """All that crossings and simple conditions read."""
        columns = dict.fromkeys(name for each in self.crossings.values() for name in each[:2] if name not in BAR_FIELDS)
        for text in self.simple:
            spec = self.specs[text]
            if isinstance(spec, ConditionSignal):
                columns |= dict.fromkeys(spec.condition.columns)
        return plan(tuple(dict.fromkeys(required_indicator(column) for column in columns)), ())

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The rows of ``values``."""
        return (*self.indicators.columns, *BAR_FIELDS)

    @cached_property
    def programs(self) -> Programs:
        """Of the simple conditions."""
        every = [spec.condition for text in self.simple if isinstance(spec := self.specs[text], ConditionSignal)]
        return compile_conditions(every, self.indicators.columns)

    def values(self, kernels: SignalKernels, series: ResearchSeries) -> Floats:
        """Columns and fields of the bar: (names, bars)."""
        bars = series.inputs
        found = np.empty((len(self.names), len(series)))
        if self.indicators.columns:
            found[: len(self.indicators.columns)] = history(kernels.code, self.indicators, bars).values
        for place, name in enumerate(BAR_FIELDS, len(self.indicators.columns)):
            found[place] = getattr(bars, name)
        return found

    def fired(
        self, texts: Sequence[str], kernels: SignalKernels, compiled: GridKernels, series: ResearchSeries, values: Floats,
        market: KnownMarket,
    ) -> dict[str, Int8s]:  # fmt: skip
        """Where signals fired, by text: (bars,)."""
        rows: Int8s = np.zeros((max(len(self.simple), 1), len(series)), np.int8)
        scanned = set(texts) & set(self.simple)
        if scanned:
            stack, truth = np.empty((self.programs.depth, BLOCK)), np.empty(len(series))
            compiled.scan_conditions(self.programs.arrays, np.arange(len(self.simple)), values, stack, truth, rows)
        found = {text: rows[number] for number, text in enumerate(self.simple) if text in scanned}
        return found | {text: firings(kernels, series, self.specs[text], market) for text in texts if text not in found}

    def long_entry(self, text: str, fired: Int8s) -> Int8s:
        """1 where a long position is opened."""
        return np.asarray(entries(fired, self.specs[text], "long") == 1, np.int8)

    def long_exit(self, text: str, fired: Int8s) -> Int8s:
        """1 where a long position is closed."""
        found = exits(fired, self.specs[text])
        return np.asarray((found == -1) | (found == EITHER), np.int8)
