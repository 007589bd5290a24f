"""Figures of many sets at once, over some bars. Each is that of ``metrics/`` of the same name; NaN where it is not defined."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.overfitting.sharpe_distribution import sharpe_ratios

Figure = Callable[[Floats, float], Floats]
CHUNK: Final = 4_000_000
"""Returns that are computed on at once: some 32 MB an array."""


def sharpe(returns: Floats, periods: float) -> Floats:
    """Of ``returns`` (sets, bars)."""
    return sharpe_ratios(returns) * math.sqrt(periods)


def sortino(returns: Floats, periods: float) -> Floats:
    """With the downside deviation over all bars."""
    down = np.minimum(returns, 0.0)
    below = np.sqrt(np.einsum("kt,kt->k", down, down) / returns.shape[1])
    return np.where(below > 0.0, returns.mean(axis=1) / np.where(below > 0.0, below, 1.0), np.nan) * math.sqrt(periods)


def total_return(returns: Floats, _periods: float) -> Floats:
    """The return over all of the bars."""
    return np.asarray(np.prod(1.0 + returns, axis=1) - 1.0)


def max_drawdown(returns: Floats, _periods: float) -> Floats:
    """The largest fall from a highest value, at most 0."""
    worth = np.cumprod(1.0 + returns, axis=1)
    return np.asarray((worth / np.maximum(np.maximum.accumulate(worth, axis=1), 1.0)).min(axis=1, initial=1.0) - 1.0)


def calmar(returns: Floats, periods: float) -> Floats:
    """Growth a year / the largest fall."""
    fall = -max_drawdown(returns, periods)
    worth = 1.0 + total_return(returns, periods)
    growth = np.where(worth > 0.0, np.abs(worth) ** (periods / returns.shape[1]) - 1.0, np.nan)
    return np.where(fall > 0.0, growth / np.where(fall > 0.0, fall, 1.0), np.nan)


FIGURES: Final[Mapping[str, Figure]] = MappingProxyType(
    {"sharpe": sharpe, "sortino": sortino, "calmar": calmar, "total_return": total_return, "max_drawdown": max_drawdown}
)


def figure(name: str, returns: Floats, periods: float) -> Floats:
    """One figure of each row of ``returns`` (sets, bars). A few rows at a time: a table of all would need as much memory again."""
    rows = max(1, CHUNK // max(returns.shape[1], 1))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        found = [FIGURES[name](returns[at : at + rows], periods) for at in range(0, len(returns), rows)]
    return np.where(np.isfinite(every := np.concatenate(found)), every, np.nan)
