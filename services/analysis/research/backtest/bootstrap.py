"""Intervals of Sharpe ratio and CAGR by the stationary bootstrap.

Politis and Romano (1994), "The Stationary Bootstrap", JASA 89: blocks of random length (geometric, mean 1 / probability) that begin
anywhere and wrap around at the end. The mean length is n^(1/3), the order of the best length (Politis and White 2004, Econometric
Reviews 23). The interval is the percentile interval.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.backtest.steps import plain

REPLICATIONS: Final = 2000
MOST_DRAWN: Final = 250_000
"""Random numbers that are drawn together, unless a single replication needs more: a few megabytes."""
LEAST: Final = 20
"""Returns below which there is no interval."""
LEVEL: Final = 0.95


@plain
def resample(returns, uniform, start, probability, moments):
    """Mean, standard deviation (n - 1) and sum of log(1 + r) of each replication into ``moments`` (replications, 3).

    ``uniform``, ``start`` (replications, n): random numbers, and the places at which blocks begin.
    """
    n = returns.shape[0]
    for k in range(start.shape[0]):
        place, mean, squares, growth = 0, 0.0, 0.0, 0.0
        for j in range(n):
            place = start[k, j] if j == 0 or uniform[k, j] <= probability else place + 1
            if place == n:
                place = 0
            r = returns[place]
            off = r - mean
            mean += off / (j + 1)
            squares += off * (r - mean)
            growth += math.log1p(r)
        moments[k, 0] = mean
        moments[k, 1] = math.sqrt(squares / (n - 1))
        moments[k, 2] = growth


def moments(kernels: Any, returns: Floats, seed: int, replications: int = REPLICATIONS) -> Iterator[Floats]:
    """``resample`` in chunks; the same seed gives the same numbers."""
    n, rng = len(returns), np.random.default_rng(seed)
    together = max(1, MOST_DRAWN // n)
    for first in range(0, replications, together):
        rows = min(together, replications - first)
        found = np.empty((rows, 3))
        kernels.resample(returns, rng.random((rows, n)), rng.integers(0, n, (rows, n)), n ** (-1 / 3), found)
        yield found


def intervals(kernels: Any, returns: Floats, periods: float, seed: int = 1) -> dict[str, tuple[float, float] | None]:
    """The 95 % intervals of ``sharpe`` and ``cagr`` of returns (n,); None where the figure is not defined.

    ``kernels``: a ``BacktestKernels``. ``periods``: bars a year.
    """
    if len(returns) < LEAST or not np.isfinite(returns).all() or (returns <= -1.0).any() or not returns.any():
        return {"sharpe": None, "cagr": None}
    mean, spread, growth = np.concatenate(list(moments(kernels, returns, seed))).T
    ends = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    cagr = np.expm1(growth * periods / len(returns))
    with np.errstate(divide="ignore", invalid="ignore"):
        sharpe = np.where(spread > 0.0, mean / spread * math.sqrt(periods), np.nan)
    return {"sharpe": _ends(sharpe, ends), "cagr": _ends(cagr, ends)}


def _ends(values: Floats, ends: tuple[float, float]) -> tuple[float, float] | None:
    if not np.isfinite(values).all():
        return None
    low, high = np.quantile(values, ends).tolist()
    return low, high
