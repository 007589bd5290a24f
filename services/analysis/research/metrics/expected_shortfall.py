"""Conditional value at risk: the mean of the returns at or below the 5 % quantile (Rockafellar and Uryasev 2000).

Unit: return of a bar. empyrical's ``conditional_value_at_risk`` takes the mean of the floor(0.05 x (n - 1)) + 1 lowest returns.
"""

from __future__ import annotations

from services.analysis.research.metrics.performance import Performance
from services.analysis.research.metrics.value_at_risk import value_at_risk


def expected_shortfall(run: Performance) -> float | None:
    """None for fewer than 20 returns."""
    level = value_at_risk(run)
    return None if level is None or run.returns is None else float(run.returns[run.returns <= level].mean())
