"""Mean maximum favourable excursion: how far trades went in favour of their entry price. Unit: return, at least 0."""

from __future__ import annotations

from services.analysis.research.metrics.performance import Performance


def mfe(run: Performance) -> float | None:
    """None without trades."""
    return float(run.trades["mfe"].mean()) if len(run.trades) else None
