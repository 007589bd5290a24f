"""Half of the value of all fills / mean equity / years: how often a year the account is traded once over. Unit: a year."""

from __future__ import annotations

import numpy as np

from services.analysis.research.metrics.performance import Performance


def turnover(run: Performance) -> float | None:
    """None for fewer than two bars, or when the mean equity is not above 0."""
    if len(run.equity) < 2 or run.equity.mean() <= 0.0:
        return None
    bought = np.abs(run.trades["shares"] * run.trades["entry_price"]).sum()
    sold = np.abs(run.trades["exit_shares"] * run.trades["exit_price"]).sum()
    return float((bought + sold) / 2.0 / run.equity.mean() / run.years)
