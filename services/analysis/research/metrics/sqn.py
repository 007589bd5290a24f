"""System quality number (Tharp 2008): sqrt(trades) x mean / standard deviation (n - 1) of profits in money. Unit: ratio.

The same as vectorbt and backtesting.py.
"""

from __future__ import annotations

import math

import numpy as np

from services.analysis.research.metrics.performance import Performance, spread


def sqn(run: Performance) -> float | None:
    """None without trades that differ."""
    profit = np.asarray(run.trades["pnl"])
    deviation = spread(profit)
    return None if deviation is None else math.sqrt(len(profit)) * float(profit.mean()) / deviation
