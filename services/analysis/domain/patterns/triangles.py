"""Triangles, wedges, channels and the rectangle, by the slopes of two lines.

Two lines through the newest seven pivots, else the newest six: at least three touches each, since any two pivots lie on a line
(``boundaries.py``). U and L are how far the upper and the lower line move over the shape, W is the width at its first pivot, at
least ``NARROW`` ATR, and w at its last. Converging: w is at most ``CONVERGING`` x W; parallel: between ``PARALLEL`` and 1 /
PARALLEL.

- Converging, by the lean (U + L) / (L - U): **symmetrical triangle** up to ``UPRIGHT``; **ascending triangle** from there to
  ``STEEP`` (its upper line is level at 1), **rising wedge** beyond; **descending triangle** and **falling wedge** for the same
  below 0.
- Parallel, by (U + L) / 2 as a share of W: **rectangle** up to ``LEVEL``, **channel up** from ``SLOPING``, **channel down** for the
  same below 0.

A converging shape waits for its breakout until its lines meet at the latest. Quality: the mean of 1 - largest distance from a line
/ (LOOSE ATR), 1 for seven touches and 1/2 for six, and depth.
"""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from services.analysis.domain.patterns.boundaries import LOOSE, bounded
from services.analysis.domain.patterns.compiled import compiled
from services.analysis.domain.patterns.geometry import deep

NARROW, CONVERGING, PARALLEL, UPRIGHT, STEEP, LEVEL, SLOPING = 4.0, 0.7, 0.75, 0.5, 1.85, 0.2, 0.3
ASCENDING, DESCENDING, SYMMETRICAL, RISING, FALLING, UP, DOWN, RECTANGLE = range(8)


@compiled
def shape(x):
    """Which of the eight the draft's lines are; -1 for none."""
    u, d = x.upper_slope * x.length, x.lower_slope * x.length
    narrowed = (x.height + u - d) / x.height
    if narrowed <= CONVERGING:
        lean = (u + d) / (d - u)
        if abs(lean) <= UPRIGHT:
            return SYMMETRICAL
        if abs(lean) <= STEEP:
            return ASCENDING if lean > 0.0 else DESCENDING
        return RISING if lean > 0.0 else FALLING
    if narrowed < PARALLEL or narrowed > 1.0 / PARALLEL:
        return -1
    rise = 0.5 * (u + d) / x.height
    if abs(rise) <= LEVEL:
        return RECTANGLE
    if abs(rise) < SLOPING:
        return -1
    return UP if rise > 0.0 else DOWN


@compiled
def triangle(pivots, have, atr, x, code):
    """Drafts the shape that the newest pivots lie on; ``code`` is that of the first of the eight."""
    for touches in (7, 6):
        if not bounded(pivots, have, atr, x, touches) or x.height < NARROW * atr:
            continue
        found = shape(x)
        if found < 0:
            continue
        x.kind = code + found
        x.quality = (1.0 - x.quality / LOOSE + 0.5 * (touches - 5) + deep(x.height, atr)) / 3.0
        return True
    return False
