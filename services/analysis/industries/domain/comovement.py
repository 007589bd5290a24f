"""Beta and correlation: how the daily moves of a member go with those of its benchmark."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from services.analysis.kernels.groups.aligned import Floats

SESSIONS: Final = (63, 126)
"""Three and six months of the member's own sessions."""
STILL: Final = 1e-9
"""A standard deviation of moves up to which nothing moved."""


def comovement(
    closes: Floats, filled: Floats, member: int, benchmark: int, n: int, *, newest: bool = False
) -> tuple[Floats, Floats]:
    """Beta and correlation over the member's last ``n`` moves, at each of its sessions. Shapes (T,), (T,).

    ``closes`` (T, M) are adjusted daily closes by date, ``filled`` is ``carried(days, closes)``. A move of the member is close[t] /
    close[t'] - 1 with t' its session before t, and that of the benchmark filled[t] / filled[t'] - 1 over the same two dates, so
    that other holidays shift nothing. beta = covariance / variance of the benchmark's moves (Sharpe, Journal of Finance, 1964),
    correlation = covariance / product of both standard deviations (Pearson, 1895). ``newest``: only at the member's newest
    session.

    NaN where the member has fewer than n moves, where a move of the benchmark is unknown, and where the benchmark's moves have a
    standard deviation of at most 1e-9; the correlation also where the member's have.
    """
    beta, correlation = np.full(len(closes), np.nan), np.full(len(closes), np.nan)
    own = np.flatnonzero(np.isfinite(closes[:, member]))
    if len(own) <= n:
        return beta, correlation
    rows = own[-n - 1 :] if newest else own
    mine, theirs = (values[rows[1:]] / values[rows[:-1]] - 1.0 for values in (closes[:, member], filled[:, benchmark]))
    x, y = (_distances(moves, n) for moves in (theirs, mine))
    variance, product, own_variance = _mean(x * x), _mean(x * y), _mean(y * y)
    moved, own_moved = variance > STILL**2, own_variance > STILL**2
    at = rows[n:]
    beta[at[moved]] = product[moved] / variance[moved]
    both = moved & own_moved
    correlation[at[both]] = np.clip(product[both] / np.sqrt(variance[both] * own_variance[both]), -1.0, 1.0)
    return beta, correlation


def _distances(moves: Floats, n: int) -> Floats:
    """The last n moves at each of them, less their mean. Shape (moves - n + 1, n)."""
    windows = sliding_window_view(moves, n)
    return np.asarray(windows - _mean(windows)[:, None])


def _mean(rows: Floats) -> Floats:
    """Added up from left to right: a row alone and a row among many give the same last digit."""
    return np.asarray(np.add.accumulate(rows, axis=1)[:, -1] / rows.shape[1])
