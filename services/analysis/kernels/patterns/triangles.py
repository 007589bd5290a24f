"""Triangles, wedges, channels and the rectangle, by the slopes of two lines.

Two lines through the newest seven pivots, else the newest six: at least three touches each, since any two pivots are on a line
(``boundaries.py``). U and L are how far the upper and the lower line move over the shape, W is the width at its first pivot, at
least ``NARROW`` ATR, and w at its last. Converging: w is less than ``PARALLEL`` x W; parallel: between that and W / PARALLEL.

- Converging: **rising wedge** where the middle between the lines ends above the beginning of the upper line (U + L > W), which it
  cannot where that line is level; else, by the lean (U + L) / (L - U), **symmetrical triangle** up to ``UPRIGHT`` and **ascending
  triangle** beyond (its upper line is level at 1). **Falling wedge** and **descending triangle** are the mirror images.
- Parallel, by (U + L) / 2 as a share of W: **rectangle** up to ``LEVEL``, **channel up** from ``SLOPING``, **channel down** for the
  same below 0.

A converging shape waits for its breakout until its lines meet at the latest. Quality: the mean of 1 - largest distance from a line
/ (LOOSE ATR), 1 for seven touches and 1/2 for six, and depth.
"""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from services.analysis.kernels.patterns.boundaries import LOOSE, bounded
from services.analysis.kernels.patterns.compiled import jit
from services.analysis.kernels.patterns.geometry import deep

NARROW, PARALLEL, UPRIGHT, LEVEL, SLOPING = 5.0, 0.73, 0.55, 0.2, 0.3
ASCENDING, DESCENDING, SYMMETRICAL, RISING, FALLING, UP, DOWN, RECTANGLE = range(8)


@jit
def shape(x):
    """Which of the eight the draft's lines are; -1 for none."""
    u, d = x.upper_slope * x.length, x.lower_slope * x.length
    narrowed = (x.height + u - d) / x.height
    if narrowed < PARALLEL:
        if abs(u + d) > x.height:
            return RISING if u + d > 0.0 else FALLING
        lean = (u + d) / (d - u)
        if abs(lean) <= UPRIGHT:
            return SYMMETRICAL
        return ASCENDING if lean > 0.0 else DESCENDING
    if narrowed > 1.0 / PARALLEL:
        return -1
    rise = 0.5 * (u + d) / x.height
    if abs(rise) <= LEVEL:
        return RECTANGLE
    if abs(rise) < SLOPING:
        return -1
    return UP if rise > 0.0 else DOWN


@jit
def triangle(pivots, pivot_count, atr, x, code):
    """Drafts the shape that the newest pivots form; ``code`` is that of the first of the eight."""
    for touches in (7, 6):
        if not bounded(pivots, pivot_count, atr, x, touches) or x.height < NARROW * atr:
            continue
        found = shape(x)
        if found < 0:
            continue
        x.kind = code + found
        x.quality = (1.0 - x.quality / LOOSE + 0.5 * (touches - 5) + deep(x.height, atr)) / 3.0
        return True
    return False
