"""Beta and correlation: how the daily moves of a member go with those of its benchmark or industry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from services.analysis.kernels.groups.aligned import Floats, Int64s

SESSIONS: Final = (63, 126)
"""Three and six months of the member's own sessions."""
STILL: Final = 1e-9
"""A standard deviation of moves up to which nothing moved."""


def comovement(
    closes: Floats,
    filled: Floats,
    member: int,
    others: Sequence[int],
    n: int,
    *,
    newest: bool = False,
    known: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Beta and correlation over the member's last ``n`` moves, at each of its sessions. Shapes (T,), (T,).

    ``closes`` (T, M) are adjusted daily closes by date, ``filled`` is ``carried(days, closes)``. A move of the member is close[t] /
    close[t'] - 1 with t' its session before t. That of the others is the mean, over those of ``others`` that have both, of
    filled[t] / filled[t'] - 1 over the same two dates, so that other holidays shift nothing. One other is a benchmark. beta =
    covariance / variance of the others' moves (Sharpe, Journal of Finance, 1964), correlation = covariance / product of both
    standard deviations (Pearson, 1895). ``newest``: only at the member's newest session. ``known`` (T, M) is read in place of
    filled[t] for the last of the n moves, where less than ``filled`` was known when the value was needed.

    NaN where the member has fewer than n moves, where a move of the others is unknown, and where the others' moves have a
    standard deviation of at most 1e-9; the correlation also where the member's have.
    """
    beta, correlation = np.full(len(closes), np.nan), np.full(len(closes), np.nan)
    own = np.flatnonzero(np.isfinite(closes[:, member]))
    if len(own) <= n or not len(others):
        return beta, correlation
    rows = own[-n - 1 :] if newest else own
    mine = closes[rows[1:], member] / closes[rows[:-1], member] - 1.0
    theirs = sliding_window_view(_moves(filled, filled, rows, others), n)
    if known is not None:
        theirs = np.column_stack([theirs[:, :-1], _moves(filled, known, rows, others)[n - 1 :]])
    x, y = _distances(theirs), _distances(sliding_window_view(mine, n))
    variance, product, own_variance = _mean(x * x), _mean(x * y), _mean(y * y)
    moved, own_moved = variance > STILL**2, own_variance > STILL**2
    at = rows[n:]
    beta[at[moved]] = product[moved] / variance[moved]
    both = moved & own_moved
    correlation[at[both]] = np.clip(product[both] / np.sqrt(variance[both] * own_variance[both]), -1.0, 1.0)
    return beta, correlation


def _moves(before: Floats, now: Floats, rows: Int64s, others: Sequence[int]) -> Floats:
    """The mean move of the others from each of the rows to the next; NaN where none has both closes. Shape (rows - 1,)."""
    columns = np.array(others)
    moves = now[np.ix_(rows[1:], columns)] / before[np.ix_(rows[:-1], columns)] - 1.0
    both = np.isfinite(moves)
    sums = np.add.accumulate(np.where(both, moves, 0.0), axis=1)[:, -1]
    counts = both.sum(axis=1)
    return np.asarray(np.divide(sums, counts, out=np.full(len(moves), np.nan), where=counts > 0))


def _distances(windows: Floats) -> Floats:
    """The values of each window less their mean. Shape (windows, n)."""
    return np.asarray(windows - _mean(windows)[:, None])


def _mean(rows: Floats) -> Floats:
    """Added up from left to right: a row alone and a row among many give the same last digit."""
    return np.asarray(np.add.accumulate(rows, axis=1)[:, -1] / rows.shape[1])
