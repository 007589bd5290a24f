"""Sortino ratio (Sortino and Price 1994), target 0: mean / downside deviation x sqrt(periods a year).

The downside deviation is sqrt(mean(min(r, 0)^2)) over all n returns. Unit: ratio. empyrical and vectorbt are the same on the same
returns; backtesting.py divides a geometric yearly return.
"""

from __future__ import annotations

import math

import numpy as np

from services.analysis.research.metrics.performance import Performance


def sortino(run: Performance) -> float | None:
    """None without a loss."""
    if run.returns is None:
        return None
    downside = math.sqrt(float(np.mean(np.minimum(run.returns, 0.0) ** 2)))
    return float(run.returns.mean() / downside * math.sqrt(run.periods)) if downside > 0.0 else None
