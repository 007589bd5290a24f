"""Compound annual growth rate: (E_n / E_1)^(1 / years) - 1, years = (n - 1) / periods a year. Unit: return a year.

empyrical's ``cagr`` is the same on the same n - 1 returns. vectorbt counts the first bar, which has no return, as one more, and
backtesting.py measures years by the calendar (n days of 252 or 365).
"""

from __future__ import annotations

from services.analysis.research.metrics.performance import Performance

LEAST_YEARS = 0.25
"""A gain of some days says nothing of a year."""


def cagr(run: Performance) -> float | None:
    """None for less than a quarter of a year, or when nothing was left."""
    if len(run.equity) < 2 or run.years < LEAST_YEARS or run.equity[-1] <= 0.0:
        return None
    return float((run.equity[-1] / run.equity[0]) ** (1.0 / run.years) - 1.0)
