"""Sharpe ratio (Sharpe 1994) with a riskless rate of 0: mean / standard deviation (n - 1) of returns x sqrt(periods a year).

Unit: ratio. empyrical and vectorbt are the same on the same returns. backtesting.py divides a geometric yearly return by a
volatility of compounded returns, and so differs.
"""

from __future__ import annotations

import math

from services.analysis.research.metrics.performance import Performance, spread


def sharpe(run: Performance) -> float | None:
    """None without returns that differ: no variance is no Sharpe ratio."""
    deviation = None if run.returns is None else spread(run.returns)
    if run.returns is None or deviation is None:
        return None
    return float(run.returns.mean() / deviation * math.sqrt(run.periods))
