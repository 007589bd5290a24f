"""Support and resistance: a price that turned the market at least three times.

Described for resistance. The newest high and at least ``TOUCHES`` - 1 of the older ones that are remembered are within ``ZONE`` ATR
of each other, and no high since the first of them is above the zone. Between two touches a low is at least ``LEFT`` ATR below them:
of highs without such a low between them only the newest is a touch. The level is the mean of the touches. The newest ``CORNERS``
touches are the corners.

Breakout: a close above the level by the margin. Target: the level + H, where H is the level less the lowest low since the first
touch. Stop, once broken: the level - ZONE ATR. Quality: the mean of 1 - half the spread of the touches / (ZONE ATR), touches beyond
two / 3 (at most 1), and depth of H.
"""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

from services.analysis.kernels.patterns.compiled import jit
from services.analysis.kernels.patterns.geometry import deep, draft, pivot
from services.analysis.kernels.patterns.layout import CORNERS

TOUCHES, ZONE, LEFT = 3, 1.7, 3.5


@jit
def level(pivots, pivot_count, atr, x, code):
    """Drafts the level at the newest pivot; ``code`` is that of resistance, support follows."""
    if pivot_count < 2 * TOUCHES - 1:
        return False
    s = pivot(pivots, 0).kind
    draft(x, pivots, 0, 0, atr)
    top = bottom = total = s * pivot(pivots, 0).price
    touches, lowest, between = 1, math.inf, math.inf
    for age in range(1, pivot_count):
        q = pivot(pivots, age)
        y = s * q.price
        if q.kind != s:
            between = min(between, y)
            continue
        if y > bottom + ZONE * atr or touches == CORNERS:
            break
        if y >= top - ZONE * atr and min(bottom, y) - between >= LEFT * atr:
            top, bottom, total, lowest, between = max(top, y), min(bottom, y), total + y, min(lowest, between), math.inf
            x.corner_kind[touches], x.corner_at[touches], x.corner_time[touches], x.corner_price[touches] = s, q.at, q.time, q.price
            touches += 1
    if touches < TOUCHES:
        return False
    oldest_first(x, touches)
    at = total / touches
    x.kind = code if s > 0 else code + 1
    x.direction, x.height = s, at - lowest
    if s > 0:
        x.upper, x.lower = at, at - ZONE * atr
    else:
        x.lower, x.upper = -at, -at + ZONE * atr
    x.quality = (1.0 - 0.5 * (top - bottom) / (ZONE * atr) + min(1.0, (touches - 2) / 3.0) + deep(x.height, atr)) / 3.0
    return True


@jit
def oldest_first(x, count):
    """Turns the order of the corners round, and measures the draft's length."""
    for i in range(count // 2):
        j = count - 1 - i
        x.corner_at[i], x.corner_at[j] = x.corner_at[j], x.corner_at[i]
        x.corner_time[i], x.corner_time[j] = x.corner_time[j], x.corner_time[i]
        x.corner_price[i], x.corner_price[j] = x.corner_price[j], x.corner_price[i]
    x.corners, x.first, x.length = count, x.corner_at[0], x.corner_at[count - 1] - x.corner_at[0]
