"""Compound annual growth rate: (E_n / E_1)^(1 / years) - 1, years = (n - 1) / periods a year. Unit: return a year.

empyrical's ``cagr`` is the same on the same n - 1 returns. vectorbt counts the first bar, which has no return, as one more, and
backtesting.py measures years by the calendar (n days of 252 or 365).
"""

from __future__ import annotations

from services.analysis.research.metrics.performance import Performance


def cagr(run: Performance) -> float | None:
    """None for fewer than two bars, or when nothing was left."""
    if len(run.equity) < 2 or run.equity[-1] <= 0.0:
        return None
    try:
        return float((run.equity[-1] / run.equity[0]) ** (1.0 / run.years) - 1.0)
    except OverflowError:  # a few bars with a large gain
        return None
