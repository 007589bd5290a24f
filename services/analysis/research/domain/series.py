"""The indicators, rules and chart patterns that a condition needs, over whole series with the kernels of live."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from services.analysis.kernels.closed_bars import AdjustedBars
from services.analysis.kernels.conditions.required_indicators import required_indicators
from services.analysis.kernels.indicators.kind import Bars, Floats, Int64s
from services.analysis.kernels.machine_code import MachineCode
from services.analysis.kernels.pattern_inputs import pattern_inputs
from services.analysis.kernels.patterns.layout import PATTERN, Records
from services.analysis.kernels.patterns.whole_series import history as pattern_history
from services.analysis.kernels.patterns.whole_series import no_patterns
from services.analysis.kernels.plan import INDICATORS, Plan, RuleInstance, plan
from services.analysis.kernels.signatures import PatternKernels
from services.analysis.kernels.whole_series import history, past_fired
from shared.conditions import Condition
from shared.conditions.expression import Fired, walk
from shared.events import Timeframe


@dataclass(frozen=True)
class NeededSeries:
    """``WholeSeries`` of what some conditions need."""

    code: MachineCode
    pattern_kernels: Callable[[], PatternKernels]
    indicators: Plan
    """Without rules; where events are read, those of the default plan come first."""
    kind: str
    """Of the instrument."""
    reads_patterns: bool

    @property
    def rules(self) -> tuple[RuleInstance, ...]:
        return _rules().rules

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of ``values``."""
        return self.indicators.columns

    def values(self, bars: AdjustedBars) -> Floats:
        return history(self.code, self.indicators, _bars(bars)).values

    def fired(self, timeframe: Timeframe, bars: AdjustedBars, values: Floats) -> Int64s:
        return past_fired(self.code.core, _rules(), self.kind, timeframe, _bars(bars), values)

    def patterns(self, timeframe: Timeframe, bars: AdjustedBars, values: Floats) -> Records:  # noqa: ARG002 - they read fixed columns
        if not (self.reads_patterns and timeframe.row.patterns):
            return np.zeros(0, PATTERN)
        return pattern_history(self.pattern_kernels(), no_patterns(), pattern_inputs(self.code, _bars(bars), bars.ts_close))


def needed_series(
    conditions: Sequence[Condition], kind: str, code: MachineCode, pattern_kernels: Callable[[], PatternKernels]
) -> NeededSeries:
    """What some conditions need of an instrument of a kind.

    Raises:
        ValueError: no indicator has a column that one names.
    """
    events = [node for condition in conditions for node in walk(condition.root) if isinstance(node, Fired)]
    required = (each for condition in conditions for each in required_indicators(condition))
    wanted = dict.fromkeys((*(INDICATORS if events else ()), *required))
    patterns = any(node.source != "rule" for node in events)
    return NeededSeries(code, pattern_kernels, plan(tuple(wanted), ()), kind, patterns)


@cache
def _rules() -> Plan:
    return plan()


def _bars(bars: AdjustedBars) -> Bars:
    return Bars(*(getattr(bars, name) for name in Bars._fields))
