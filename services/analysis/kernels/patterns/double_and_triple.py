"""Double and triple tops and bottoms (Edwards and Magee; Bulkowski, Encyclopedia of Chart Patterns).

Described for the tops; bottoms are their mirror images. Two (three) peaks at the same height with a valley between each two, after
a valley that is at least ``RISE`` x H below the neckline, where H is the mean of the peaks less the neckline and the neckline is
level at the (lower) valley; the way up from there to the peaks is at most ``PAUSE`` x H (beyond that it is a flag). The peaks
differ by at most ``UNEVEN`` x H. H is at least ``LOW`` ATR. Those of a double top differ by at most ``APART`` ATR too, however tall
it is, since a channel starts with two peaks that differ by a part of its height; the peak before must not reach them by UNEVEN x H.
The valleys of a triple top differ by at most ``VALLEYS`` x H, its gaps by a factor of at most ``LOPSIDED``.

Breakout: a close below the neckline by the margin. Target: neckline - H. Stop: the highest peak. Quality of a double top: the mean
of 1 - difference of the peaks / the most they may differ by, shorter / longer side of the valley, and depth; of a triple top: of 1
- largest difference of two peaks / (UNEVEN H), shorter / longer gap, 1 - difference of the valleys / (VALLEYS H), and depth.
"""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from services.analysis.kernels.patterns.compiled import jit
from services.analysis.kernels.patterns.geometry import alike, deep, draft, near, one_sided, pivot

RISE, PAUSE, UNEVEN, APART, VALLEYS, LOPSIDED, LOW = 0.3, 2.6, 0.22, 1.3, 0.5, 3.0, 5.0


@jit
def double_top(pivots, pivot_count, atr, x, code):
    """Drafts the pattern whose second peak is the newest pivot; ``code`` is that of the top, the bottom's follows."""
    if pivot_count < 4:
        return False
    right, valley, left, prior = pivot(pivots, 0), pivot(pivots, 1), pivot(pivots, 2), pivot(pivots, 3)
    s = right.kind
    height = s * (0.5 * (left.price + right.price) - valley.price)
    uneven = min(UNEVEN * height, APART * atr)
    if height < LOW * atr or abs(left.price - right.price) > uneven:
        return False
    rise = s * (valley.price - prior.price)
    if rise < RISE * height or height * PAUSE < height + rise:
        return False
    if pivot_count > 4 and s * (pivot(pivots, 4).price - left.price) > -UNEVEN * height:
        return False
    draft(x, pivots, 2, 0, atr)
    x.kind = code if s > 0 else code + 1
    one_sided(x, -s, valley.price, 0.0, s * max(s * left.price, s * right.price), height)
    x.quality = (
        near(left.price, right.price, uneven) + alike(float(valley.at - left.at), float(right.at - valley.at)) + deep(height, atr)
    ) / 3.0
    return True


@jit
def triple_top(pivots, pivot_count, atr, x, code):
    """Drafts the pattern whose third peak is the newest pivot; ``code`` is that of the top, the bottom's follows."""
    if pivot_count < 6:
        return False
    right, second, middle, first, left, prior = (
        pivot(pivots, 0), pivot(pivots, 1), pivot(pivots, 2), pivot(pivots, 3), pivot(pivots, 4), pivot(pivots, 5),
    )  # fmt: skip
    s = right.kind
    neckline = min(s * first.price, s * second.price)
    height = s * (left.price + middle.price + right.price) / 3.0 - neckline
    if height < LOW * atr:
        return False
    highest = max(s * left.price, s * middle.price, s * right.price)
    spread = highest - min(s * left.price, s * middle.price, s * right.price)
    if spread > UNEVEN * height or abs(first.price - second.price) > VALLEYS * height:
        return False
    rise = neckline - s * prior.price
    if rise < RISE * height or height * PAUSE < height + rise:
        return False
    before, after = middle.at - left.at, right.at - middle.at
    if max(before, after) > LOPSIDED * min(before, after):
        return False
    draft(x, pivots, 4, 0, atr)
    x.kind = code if s > 0 else code + 1
    one_sided(x, -s, s * neckline, 0.0, s * highest, height)
    x.quality = 0.25 * (
        near(spread, 0.0, UNEVEN * height)
        + alike(float(before), float(after))
        + near(first.price, second.price, VALLEYS * height)
        + deep(height, atr)
    )
    return True
