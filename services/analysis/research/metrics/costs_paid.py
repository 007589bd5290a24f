"""Commission, slippage and borrow cost of all trades. Unit: money."""

from __future__ import annotations

from services.analysis.research.metrics.performance import Performance


def costs_paid(run: Performance) -> float | None:
    """Never None."""
    return float(run.trades["cost"].sum())
