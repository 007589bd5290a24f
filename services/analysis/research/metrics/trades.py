"""Number of trades. Unit: count. One that the end of the data closes is counted."""

from __future__ import annotations

from services.analysis.research.metrics.performance import Performance


def trades(run: Performance) -> float | None:
    """Never None."""
    return float(len(run.trades))
