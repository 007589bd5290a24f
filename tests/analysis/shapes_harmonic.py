"""Made-up bars that hold one harmonic pattern, or a trend line; as in ``shapes.py``, in ATR of the noise."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np

from tests.analysis.shapes import Drawn, Knots, Random, draw, warped


def _harmonic(rng: Random, noise: float, b: tuple[float, float], c: tuple[float, float], d: float) -> Drawn:
    """X at 0, A at ``size``; ``b``, ``c`` and ``d``: AB / XA, BC / AB and AD / XA."""
    size, of_b, of_c = rng.uniform(45, 60), rng.uniform(*b), rng.uniform(*c)
    heights = [0.0, 1.0, 1.0 - of_b, 1.0 - of_b + of_c * of_b, 1.0 - d]
    legs = [(0.0, 0.6 * size), (warped(rng, 18), 0.0)]
    legs += [(warped(rng, max(8.0, 18 * abs(y - x))), size * y) for x, y in pairwise(heights)]
    return draw([*legs, (14.0, size * (1.0 - 0.45 * d))], 1, 5, rng, noise)


def uptrend_line(rng: Random, noise: float) -> Drawn:
    """Three or four lows on a rising line, highs by turns near it and far from it, then a fall through it."""
    count, rise, leg = int(rng.integers(3, 5)), rng.uniform(5.0, 7.0), rng.uniform(12, 17)
    bars = [warped(rng, leg) for _ in range(2 * count - 1)]
    lows = np.cumsum([0.0, *bars[1::2]]) + np.cumsum([0.0, *bars[2::2]])
    line = rise * (count - 1) * lows / lows[-1]
    above = [rng.uniform(7.0, 8.0) if i % 2 == 0 else rng.uniform(12.5, 14.0) for i in range(count)]
    knots: Knots = [(0.0, 9.0), (bars[0], 0.0)]
    for i in range(1, count):
        knots += [(bars[2 * i - 1], 0.5 * (line[i - 1] + line[i]) + above[i - 1]), (bars[2 * i], line[i])]
    return draw([*knots, (leg, line[-1] + above[-1]), (2.0 * leg, line[-1] - 7.0)], 1, 2 * count - 1, rng, noise)


HARMONIC: dict[str, Callable[[Random, float], Drawn]] = {
    "bullish_gartley": partial(_harmonic, b=(0.6, 0.63), c=(0.5, 0.8), d=0.786),
    "bullish_bat": partial(_harmonic, b=(0.4, 0.48), c=(0.65, 0.8), d=0.886),
    "bullish_butterfly": partial(_harmonic, b=(0.77, 0.8), c=(0.45, 0.8), d=1.27),
    "bullish_crab": partial(_harmonic, b=(0.5, 0.6), c=(0.7, 0.85), d=1.618),
}
"""One of each pair; the other is its mirror image."""
LINES: dict[str, Callable[[Random, float], Drawn]] = {"uptrend_line": uptrend_line}
