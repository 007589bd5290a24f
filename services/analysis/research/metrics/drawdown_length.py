"""The longest time without a new high of the equity. Unit: bars.

Counted from the bar after a high to the bar that reaches it again, or to the last. backtesting.py's "Max. Drawdown Duration" is the
time from high to recovery by the calendar.
"""

from __future__ import annotations

import numpy as np

from services.analysis.research.metrics.performance import Performance


def drawdown_length(run: Performance) -> float | None:
    """None without bars; 0 for an equity that never fell."""
    if not len(run.equity):
        return None
    highs = np.flatnonzero(run.drawdown == 0.0)
    return float(np.max(np.diff(np.append(highs, len(run.equity)))) - 1)
