"""Standard deviation (n - 1) of returns x sqrt(periods a year). Unit: share a year. The same as empyrical and vectorbt."""

from __future__ import annotations

import math

from services.analysis.research.metrics.performance import Performance, spread


def volatility(run: Performance) -> float | None:
    """None without returns that differ."""
    found = None if run.returns is None else spread(run.returns)
    return None if found is None else found * math.sqrt(run.periods)
