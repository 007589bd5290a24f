"""Two lines with the price between them: the common part of triangles, wedges, channels and flags.

A line through the highs and one through the lows of the newest pivots, by least squares; no pivot is further than ``LOOSE`` ATR
from its line, and the lines have not met when the last pivot is known. Measured over the shape: how far each line moves from the
first pivot to the last, and the width at both ends.
Breakout: a close beyond either line by the margin, the direction is that of the break. Height: the width at the first pivot. Stop
after the breakout: the other line at the breakout bar.
"""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from services.analysis.kernels.patterns.compiled import jit
from services.analysis.kernels.patterns.geometry import draft, line, pivot

LOOSE = 0.95


@jit
def bounded(pivots, pivot_count, atr, x, count):
    """Drafts the two lines through the newest ``count`` pivots. False if the pivots are too far from them, or the lines have met.

    Sets the draft's lines, and height = width at the first pivot; quality holds the largest distance from a line in ATR.
    """
    if pivot_count < count:
        return False
    first = pivot(pivots, count - 1)
    anchor, newest_high = first.at, 0 if pivot(pivots, 0).kind > 0 else 1
    highs = (count - newest_high + 1) // 2
    upper, upper_slope, above = line(pivots, newest_high, highs, anchor)
    if above > LOOSE * atr:
        return False
    lower, lower_slope, below = line(pivots, 1 - newest_high, count - highs, anchor)
    known = pivot(pivots, 0).known - anchor
    if below > LOOSE * atr or upper <= lower or upper + upper_slope * known <= lower + lower_slope * known:
        return False
    draft(x, pivots, count - 1, 0, atr)
    x.direction, x.height = 0, upper - lower
    x.upper, x.upper_slope, x.lower, x.lower_slope = upper, upper_slope, lower, lower_slope
    x.quality = max(above, below) / atr
    return True
