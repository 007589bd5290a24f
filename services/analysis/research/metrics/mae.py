"""Mean maximum adverse excursion (Sweeney 1997): how far trades went against their entry price. Unit: return, at most 0."""

from __future__ import annotations

from services.analysis.research.metrics.performance import Performance


def mae(run: Performance) -> float | None:
    """None without trades."""
    return float(run.trades["mae"].mean()) if len(run.trades) else None
