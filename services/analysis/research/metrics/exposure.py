"""Share of bars on which a position was held at some time after the open. Unit: share.

backtesting.py counts the bar of an exit at the open too.
"""

from __future__ import annotations

from services.analysis.research.metrics.performance import Performance


def exposure(run: Performance) -> float | None:
    """None without bars."""
    return float((run.held > 0).mean()) if len(run.held) else None
