"""Trend lines: a rising line under at least three lows, or a falling one above at least three highs (Edwards and Magee).

Described for the rising one. The line goes through the newest low and an older one that is remembered; the oldest that fits is
taken. Every low between them is at most ``LOOSE`` ATR below the line, and those within LOOSE ATR of it are its touches: with the
two ends at least ``TOUCHES``. The line rises by at least ``STEEP`` ATR from the first touch to the last: what rises less is a level
(``levels.py``). These are at least ``LONG`` bars apart, and no gap between touches is longer than ``LOPSIDED`` times another. H is
the largest distance of a high above the line since the first touch, and at least ``LOW`` ATR. The corners are the touches.

Breakout: a close below the line by the margin. Target: the line - H. Stop, once broken: the line + ``BAND`` ATR. Quality: the mean
of 1 - largest distance of a touch from the line / (LOOSE ATR), touches beyond two / 3 (at most 1), and depth of H.
"""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from services.analysis.kernels.patterns.compiled import jit
from services.analysis.kernels.patterns.geometry import deep, draft, pivot

TOUCHES, LOOSE, STEEP, LONG, LOPSIDED, LOW, BAND = 3, 1.2, 5.0, 45, 2.2, 6.5, 1.7


@jit
def touched(pivots, oldest, s, atr):
    """(touches, the largest distance of one) of the line through the newest pivot and the one of age ``oldest``; 0 touches if a
    pivot is beyond the line, or their gaps are too uneven.
    """
    first, last = pivot(pivots, oldest), pivot(pivots, 0)
    slope, count, worst = (last.price - first.price) / (last.at - first.at), 1, 0.0
    at, shortest, longest = last.at, last.at - first.at, 0
    for age in range(2, oldest + 1, 2):
        q = pivot(pivots, age)
        off = s * (q.price - first.price - slope * (q.at - first.at))
        if off < -LOOSE * atr:
            return 0, worst
        if off <= LOOSE * atr:
            count, worst = count + 1, max(worst, abs(off))
            at, shortest, longest = q.at, min(shortest, at - q.at), max(longest, at - q.at)
    return 0 if longest > LOPSIDED * shortest else count, worst


@jit
def trend_line(pivots, pivot_count, atr, x, code):
    """Drafts the line whose last touch is the newest pivot; ``code`` is that of the rising one, the falling one follows."""
    last = pivot(pivots, 0)
    s = -last.kind
    for oldest in range((pivot_count - 1) // 2 * 2, 2 * TOUCHES - 3, -2):
        first = pivot(pivots, oldest)
        if s * (last.price - first.price) < STEEP * atr or last.at - first.at < LONG:
            continue
        count, worst = touched(pivots, oldest, s, atr)
        if count < TOUCHES:
            continue
        slope, height = (last.price - first.price) / (last.at - first.at), 0.0
        for age in range(1, oldest, 2):
            q = pivot(pivots, age)
            height = max(height, s * (q.price - first.price - slope * (q.at - first.at)))
        if height < LOW * atr:
            continue
        draft(x, pivots, 0, 0, atr)
        x.corners = 0
        for age in range(oldest, -1, -2):
            q = pivot(pivots, age)
            if abs(q.price - first.price - slope * (q.at - first.at)) <= LOOSE * atr:
                i = x.corners
                x.corner_kind[i], x.corner_at[i], x.corner_time[i], x.corner_price[i] = q.kind, q.at, q.time, q.price
                x.corners = i + 1
        x.first, x.length = first.at, last.at - first.at
        x.kind = code if s > 0 else code + 1
        x.direction, x.height = -s, height
        x.lower_slope = x.upper_slope = slope
        if s > 0:
            x.lower, x.upper = first.price, first.price + BAND * atr
        else:
            x.upper, x.lower = first.price, first.price - BAND * atr
        x.quality = (1.0 - worst / (LOOSE * atr) + min(1.0, (count - 2) / 3.0) + deep(height, atr)) / 3.0
        return True
    return False
