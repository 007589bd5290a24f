"""Shared by the families: access to pivots, lines through pivots, the draft of a pattern, and scores in 0..1."""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

from services.analysis.kernels.patterns.compiled import inlined, jit
from services.analysis.kernels.patterns.layout import CORNERS, PIVOTS

MARGIN = 1.2
"""ATR by which a close must be beyond a line to break it."""
SHORTEST, LONGEST = 20, 200
"""A pattern waits for its breakout, and after that for its target, as many bars as it is long, within these bounds."""


@inlined
def pivot(pivots, age):
    """The pivot that is ``age`` pivots older than the newest."""
    return pivots[PIVOTS - 1 - age]


@inlined
def near(a, b, scale):
    """1 where a = b, falling to 0 where they are ``scale`` apart."""
    return max(0.0, 1.0 - abs(a - b) / scale)


@inlined
def alike(a, b):
    """The smaller of two lengths as a share of the larger."""
    return min(a, b) / max(a, b) if max(a, b) > 0 else 0.0


@inlined
def deep(height, atr):
    """0 for a height of 2 ATR, 1 from 10 on."""
    return min(1.0, max(0.0, (height / atr - 2.0) / 8.0))


@jit
def line(pivots, newest, count, anchor):
    """Least squares through ``count`` pivots of one kind, the newest of age ``newest``, each two older than the one before.

    Returns (price at bar ``anchor``, slope a bar, largest distance of a pivot from the line).
    """
    x = y = xx = xy = 0.0
    for i in range(count):
        q = pivot(pivots, newest + 2 * i)
        at = float(q.at - anchor)
        x, y, xx, xy = x + at, y + q.price, xx + at * at, xy + at * q.price
    wide = count * xx - x * x
    slope = (count * xy - x * y) / wide if wide > 0 else 0.0
    start = (y - slope * x) / count
    worst = 0.0
    for i in range(count):
        q = pivot(pivots, newest + 2 * i)
        worst = max(worst, abs(q.price - start - slope * (q.at - anchor)))
    return start, slope, worst


@jit
def draft(x, pivots, oldest, newest, atr):
    """Starts a draft from the pivots of ages ``oldest`` to ``newest``: corners, margin, and no lines yet."""
    x.corners = oldest - newest + 1
    for i in range(CORNERS):
        if i < x.corners:
            q = pivot(pivots, oldest - i)
            x.corner_kind[i], x.corner_at[i], x.corner_time[i], x.corner_price[i] = q.kind, q.at, q.time, q.price
        else:
            x.corner_kind[i], x.corner_at[i], x.corner_time[i], x.corner_price[i] = 0, 0, 0, math.nan
    x.first, x.length = x.corner_at[0], x.corner_at[x.corners - 1] - x.corner_at[0]
    x.margin = MARGIN * atr
    x.stop, x.level, x.target, x.volume_ratio = math.nan, math.nan, math.nan, math.nan
    x.upper, x.upper_slope, x.lower, x.lower_slope = math.nan, 0.0, math.nan, 0.0


@jit
def one_sided(x, s, neckline, slope, stop, height):
    """Sets a draft with one breakout line: in direction ``s``, at ``neckline`` (price at its first corner) + slope."""
    x.direction, x.stop, x.height = s, stop, height
    if s > 0:
        x.upper, x.upper_slope = neckline, slope
    else:
        x.lower, x.lower_slope = neckline, slope
