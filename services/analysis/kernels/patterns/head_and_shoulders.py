"""Head and shoulders, and its inverse (Edwards and Magee, Technical Analysis of Stock Trends).

Described for the top; the inverse is its mirror image. Five pivots: left shoulder, valley, head, valley, right shoulder, after a
valley that is at least ``RISE`` of the height below the neckline. The neckline goes through the two valleys; the height H is the
head's distance from it. The head exceeds both shoulders by at least ``OUT`` x H, the shoulders exceed the neckline by
at least ``SHOULDER`` x H, and differ by at most ``UNEVEN`` x H; the neckline falls or rises by at most ``TILT`` x H between the
valleys; neither half is longer than ``LOPSIDED`` times the other; H is at least ``LOW`` ATR.

Breakout: a close below the neckline by the margin. Target: neckline - H. Stop: the right shoulder's high. Quality: the mean of 1 -
difference of the shoulders / (UNEVEN H), shorter / longer half, 1 - rise of the neckline / (TILT H), and depth.
"""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from services.analysis.kernels.patterns.compiled import jit
from services.analysis.kernels.patterns.geometry import alike, deep, draft, near, one_sided, pivot

RISE, OUT, SHOULDER, UNEVEN, TILT, LOPSIDED, LOW = 0.3, 0.2, 0.25, 0.35, 0.4, 3.0, 5.0


@jit
def head_and_shoulders(pivots, pivot_count, atr, x, code):
    """Drafts the pattern whose right shoulder is the newest pivot; ``code`` is that of the top, the inverse's follows."""
    if pivot_count < 6:
        return False
    right, second, head, first, left, prior = (
        pivot(pivots, 0), pivot(pivots, 1), pivot(pivots, 2), pivot(pivots, 3), pivot(pivots, 4), pivot(pivots, 5),
    )  # fmt: skip
    s = right.kind
    slope = (second.price - first.price) / (second.at - first.at) if second.at > first.at else 0.0
    middle = first.price + slope * (head.at - first.at)
    height = s * (head.price - middle)
    if height < LOW * atr:
        return False
    at_left, at_right = first.price + slope * (left.at - first.at), first.price + slope * (right.at - first.at)
    if s * (head.price - left.price) < OUT * height or s * (head.price - right.price) < OUT * height:
        return False
    if s * (left.price - at_left) < SHOULDER * height or s * (right.price - at_right) < SHOULDER * height:
        return False
    if abs(left.price - right.price) > UNEVEN * height or abs(second.price - first.price) > TILT * height:
        return False
    before, after = head.at - left.at, right.at - head.at
    if max(before, after) > LOPSIDED * min(before, after):
        return False
    if s * (first.price + slope * (prior.at - first.at) - prior.price) < RISE * height:
        return False
    draft(x, pivots, 4, 0, atr)
    x.kind = code if s > 0 else code + 1
    one_sided(x, -s, at_left, slope, right.price, height)
    x.quality = 0.25 * (
        near(left.price, right.price, UNEVEN * height)
        + alike(float(before), float(after))
        + near(first.price, second.price, TILT * height)
        + deep(height, atr)
    )
    return True
