"""Gross wins / gross losses of trades, in money after costs. Unit: ratio.

vectorbt is the same. backtesting.py takes the returns of trades in place of money.
"""

from __future__ import annotations

from services.analysis.research.metrics.performance import Performance


def profit_factor(run: Performance) -> float | None:
    """None without a losing trade."""
    profit = run.trades["pnl"]
    losses = -float(profit[profit < 0.0].sum())
    return float(profit[profit > 0.0].sum()) / losses if losses > 0.0 else None
