"""Calmar ratio (Young 1991) over the whole time: CAGR / |maximum drawdown|. Unit: ratio.

empyrical is the same on the same returns. vectorbt's yearly return differs as ``cagr`` says.
"""

from __future__ import annotations

from services.analysis.research.metrics.cagr import cagr
from services.analysis.research.metrics.max_drawdown import max_drawdown
from services.analysis.research.metrics.performance import Performance


def calmar(run: Performance) -> float | None:
    """None without a drawdown or a CAGR."""
    growth, fall = cagr(run), max_drawdown(run)
    return None if growth is None or not fall else growth / abs(fall)
