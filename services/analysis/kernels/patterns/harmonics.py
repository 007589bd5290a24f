"""Harmonic patterns: Gartley, bat, butterfly and crab (Gartley, Profits in the Stock Market, 1935; Carney, Harmonic Trading, 2010).

Described for the bullish ones. Five pivots: X (a low), A, B, C, D (a low). Ratios of their legs:

- **Gartley**: AB / XA 0.618, AD / XA 0.786, CD / BC 1.13 to 1.618.
- **Bat**: AB / XA 0.382 to 0.5, AD / XA 0.886, CD / BC 1.618 to 2.618.
- **Butterfly**: AB / XA 0.786, AD / XA 1.27, CD / BC 1.618 to 2.618.
- **Crab**: AB / XA 0.382 to 0.618, AD / XA 1.618, CD / BC 2.24 to 3.618.

BC / AB is 0.382 to 0.886 in all. AD / XA may be off by ``NEAR`` of its value, the others by ``OFF`` of the nearer bound (both
are shares): noise lengthens every leg, a short one by a larger share. XA is at least ``LOW`` ATR.

The pattern is complete when D is known, so it is confirmed with the bar that makes it forming: that bar closes above D by more than
the margin. Target: D + ``BACK`` x AD. Stop: the lower of X and D. Quality: the mean of 1 - what AD / XA and AB / XA are off by /
the most they may, shorter / longer of X to B and B to D in bars, and depth of XA.
"""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np

from services.analysis.kernels.patterns.compiled import jit
from services.analysis.kernels.patterns.geometry import alike, deep, draft, one_sided, pivot

NEAR, OFF, LOW, BACK = 0.06, 0.12, 12.0, 0.618
RETRACED = (0.382, 0.886)
RATIOS = np.array(
    [
        (0.618, 0.618, 0.786, 1.13, 1.618),
        (0.382, 0.5, 0.886, 1.618, 2.618),
        (0.786, 0.786, 1.27, 1.618, 2.618),
        (0.382, 0.618, 1.618, 2.24, 3.618),
    ]
)
"""For each pattern: AB / XA from and to, AD / XA, CD / BC from and to."""


@jit
def off(ratio, least, most):
    """How far a ratio is outside of its bounds, as a share of the nearer one."""
    return max(0.0, (least - ratio) / least, (ratio - most) / most)


@jit
def harmonic(pivots, pivot_count, atr, x, code):
    """Drafts the pattern whose D is the newest pivot; codes: those of ``RATIOS`` in order, each bullish, then bearish."""
    if pivot_count < 5:
        return False
    d, c, b, a, o = pivot(pivots, 0), pivot(pivots, 1), pivot(pivots, 2), pivot(pivots, 3), pivot(pivots, 4)
    s = a.kind
    xa, ab, bc = s * (a.price - o.price), s * (a.price - b.price), s * (c.price - b.price)
    if xa < LOW * atr or bc <= 0.0 or off(bc / ab, RETRACED[0], RETRACED[1]) > OFF:
        return False
    cd, ad = s * (c.price - d.price), s * (a.price - d.price)
    for i in range(RATIOS.shape[0]):
        of_b, of_d = off(ab / xa, RATIOS[i, 0], RATIOS[i, 1]), off(ad / xa, RATIOS[i, 2], RATIOS[i, 2])
        if of_b > OFF or of_d > NEAR or off(cd / bc, RATIOS[i, 3], RATIOS[i, 4]) > OFF:
            continue
        draft(x, pivots, 4, 0, atr)
        x.kind = code + 2 * i + (0 if s > 0 else 1)
        one_sided(x, s, d.price, 0.0, s * min(s * o.price, s * d.price), BACK * ad)
        x.quality = 0.25 * (
            (1.0 - of_d / NEAR) + (1.0 - of_b / OFF) + alike(float(b.at - o.at), float(d.at - b.at)) + deep(xa, atr)
        )
        return True
    return False
