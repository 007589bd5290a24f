"""Mean return of a trade after costs, as a share of its value at entry. Unit: return.

The same as backtesting.py's "Expectancy [%]" / 100; vectorbt's is the mean profit in money.
"""

from __future__ import annotations

from services.analysis.research.metrics.performance import Performance


def expectancy(run: Performance) -> float | None:
    """None without trades."""
    return float(run.trade_returns.mean()) if len(run.trades) else None
