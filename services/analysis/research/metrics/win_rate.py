"""Share of trades with a profit after costs. Unit: share. The same as vectorbt and backtesting.py."""

from __future__ import annotations

from services.analysis.research.metrics.performance import Performance


def win_rate(run: Performance) -> float | None:
    """None without trades."""
    return float((run.trades["pnl"] > 0.0).mean()) if len(run.trades) else None
