"""The last equity against the first: E_n / E_1 - 1. Unit: return.

The same as vectorbt's ``total_return`` and backtesting.py's "Return [%]" / 100.
"""

from __future__ import annotations

from services.analysis.research.metrics.performance import Performance


def total_return(run: Performance) -> float | None:
    """None for fewer than two bars."""
    if len(run.equity) < 2:
        return None
    return float(run.equity[-1] / run.equity[0] - 1.0)
