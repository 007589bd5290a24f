"""Relative strength: the return of a member relative to others over the same sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from services.analysis.kernels.groups.aligned import Floats

SESSIONS: Final = (20, 63, 126)
"""One, three and six months of the member's own sessions."""


def strength(
    closes: Floats,
    filled: Floats,
    member: int,
    others: Sequence[int],
    n: int,
    *,
    newest: bool = False,
    known: Floats | None = None,
) -> Floats:
    """(1 + r_member) / (1 + r_others) - 1 over the member's last ``n`` sessions, at each of its sessions. Shape (T,).

    ``closes`` (T, M) are adjusted daily closes by date, ``filled`` is ``carried(days, closes)``. With t a session of the member
    and t0 its n-th session before: 1 + r_member = close[t] / close[t0]; 1 + r_others is the mean, over those of ``others`` that
    have both, of filled[t] / filled[t0]: equal parts bought at t0 and held. One other is a benchmark; all other members of an
    industry are its equal-weighted index. ``newest``: only at the member's newest session, as the live view needs it. ``known``
    (T, M) is read in place of filled[t], where less than ``filled`` was known when the value was needed.

    NaN where the member has no close or fewer than n sessions before, and where no other has both.
    """
    own = np.flatnonzero(np.isfinite(closes[:, member]))
    found = np.full(len(closes), np.nan)
    at, before = own[n:], own[: max(0, len(own) - n)]
    if newest:
        at, before = at[-1:], before[-1:]
    if not len(at) or not len(others):
        return found
    columns = np.array(others)
    ratios = (filled if known is None else known)[np.ix_(at, columns)] / filled[np.ix_(before, columns)]
    both = np.isfinite(ratios)
    # Added up from left to right: a row alone and a row among many give the same last digit.
    sums = np.add.accumulate(np.where(both, ratios, 0.0), axis=1)[:, -1]
    counts = both.sum(axis=1)
    mean = np.divide(sums, counts, out=np.full(len(at), np.nan), where=counts > 0)
    found[at] = closes[at, member] / closes[before, member] / mean - 1.0
    return found
