"""Largest fall of the equity from its highest value so far: min(E_t / max(E_1..E_t) - 1). Unit: return, at most 0.

The same as empyrical, vectorbt and backtesting.py.
"""

from __future__ import annotations

from services.analysis.research.metrics.performance import Performance


def max_drawdown(run: Performance) -> float | None:
    """None without bars; 0 for an equity that never fell."""
    return float(run.drawdown.min()) if len(run.equity) else None
