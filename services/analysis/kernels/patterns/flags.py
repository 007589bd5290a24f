"""Flags and pennants, of rising and of falling prices (Edwards and Magee).

Described for the rising ones. A pole: a leg from a low to a high of at least ``POLE`` times the width of what follows, at least
``STEEP`` ATR a bar. Then four or five pivots, the pole's high the first of them, between two lines (``boundaries.py``), which give
back at most ``BACK`` of the pole and take no longer than ``LONG`` poles. Flag: parallel (last width between ``PARALLEL`` and
``WIDENED`` of the first: a line through two touches is a rough one), and the middle does not rise by more than ``LEVEL`` of the
width. Pennant: the last width is at most ``CONVERGING`` of the first, the upper line falls, the lower does not fall by more than
LEVEL of the width.

Breakout: in the direction of the pole, beyond its line by the margin. Target: the line + the pole's height. Stop: the lowest low
since the pole. Quality: the mean of 1 - largest distance from a line / (LOOSE ATR), 1 - what was given back / BACK, and steepness
(0 at STEEP, 1 at three times that).
"""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

from services.analysis.kernels.patterns.boundaries import LOOSE, bounded
from services.analysis.kernels.patterns.compiled import jit
from services.analysis.kernels.patterns.geometry import pivot

POLE, STEEP, BACK, LONG, PARALLEL, WIDENED, CONVERGING, LEVEL = 2.6, 0.3, 0.6, 6.0, 0.68, 1.7, 0.68, 0.2


@jit
def flag(pivots, pivot_count, atr, x, code):
    """Drafts the pattern that ends at the newest pivot; codes: flag, its mirror image, pennant, its mirror image."""
    for touches in range(5, 3, -1):
        if pivot_count <= touches:
            continue
        top, base = pivot(pivots, touches - 1), pivot(pivots, touches)
        s, pole = top.kind, abs(top.price - base.price)
        bars = top.at - base.at
        if pole < STEEP * bars * atr or pivot(pivots, 0).at - top.at > LONG * bars:
            continue
        if not bounded(pivots, pivot_count, atr, x, touches) or pole < POLE * x.height:
            continue
        lowest = math.inf
        for i in range(touches):
            lowest = min(lowest, s * pivot(pivots, i).price)
        back = s * top.price - lowest
        u, d = x.upper_slope * x.length, x.lower_slope * x.length
        narrowed = (x.height + u - d) / x.height
        leading, trailing = (u, d) if s > 0 else (-d, -u)
        if back > BACK * pole:
            continue
        if PARALLEL < narrowed < WIDENED and s * 0.5 * (u + d) <= LEVEL * x.height:
            x.kind = code
        elif narrowed <= CONVERGING and leading < 0.0 and trailing > -LEVEL * x.height:
            x.kind = code + 2
        else:
            continue
        x.kind += 0 if s > 0 else 1
        x.direction, x.stop, x.height = s, s * lowest, pole
        steep = pole / (bars * atr) if bars > 0 else math.inf
        x.quality = (1.0 - x.quality / LOOSE + 1.0 - back / (BACK * pole) + min(1.0, (steep - STEEP) / (2.0 * STEEP))) / 3.0
        return True
    return False
