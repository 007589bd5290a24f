"""Cup and handle, and its inverse (O'Neil, How to Make Money in Stocks).

Described for the cup that breaks out upwards. Four pivots: left rim (a high), bottom, right rim, low of the handle. The depth D is
the mean of the rims less the bottom and at least ``LOW`` ATR; the rims differ by at most ``UNEVEN`` x D; the handle falls from the
right rim by at least ``SHALLOW`` and at most ``DEEP`` x D, and lasts no longer than ``HANDLE`` times the cup; the cup lasts at
least ``SHORT`` bars. The cup is round: its fullness, the mean distance of its closes from the line between the rims divided by D,
is at least ``ROUND`` (it is 1/2 for a V, 2/3 for a parabola, 1 for a box), and its bottom is between ``SIDE`` and 1 - SIDE of its
length.

Breakout: a close above the right rim by the margin. Target: right rim + D. Stop: the low of the handle. Quality: the mean of 1 -
difference of the rims / (UNEVEN D), 1 - abs(fullness - 2/3) / (1/6), shorter / longer side, and depth.
"""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from services.analysis.kernels.patterns.compiled import jit
from services.analysis.kernels.patterns.geometry import alike, deep, draft, near, one_sided, pivot

LOW, UNEVEN, SHALLOW, DEEP, HANDLE, SHORT, ROUND, SIDE = 6.0, 0.25, 0.1, 0.6, 0.75, 20, 0.55, 0.25


@jit
def cup_and_handle(pivots, pivot_count, atr, x, code):
    """Drafts the pattern whose handle's low is the newest pivot; ``code`` is that of the upward one, the inverse's follows."""
    if pivot_count < 4:
        return False
    handle, right, bottom, left = pivot(pivots, 0), pivot(pivots, 1), pivot(pivots, 2), pivot(pivots, 3)
    s = -handle.kind
    rims = 0.5 * (left.price + right.price)
    depth = s * (rims - bottom.price)
    if depth < LOW * atr or abs(left.price - right.price) > UNEVEN * depth:
        return False
    fall, cup = s * (right.price - handle.price), right.at - left.at
    if fall < SHALLOW * depth or fall > DEEP * depth or handle.at - right.at > HANDLE * cup or cup < SHORT:
        return False
    fullness = s * (rims - (right.sum - left.sum) / cup) / depth
    down, up = bottom.at - left.at, right.at - bottom.at
    if fullness < ROUND or min(down, up) < SIDE * cup:
        return False
    draft(x, pivots, 3, 0, atr)
    x.kind = code if s > 0 else code + 1
    one_sided(x, s, right.price, 0.0, handle.price, depth)
    x.quality = 0.25 * (
        near(left.price, right.price, UNEVEN * depth)
        + near(fullness, 2.0 / 3.0, 1.0 / 6.0)
        + alike(float(down), float(up))
        + deep(depth, atr)
    )
    return True
