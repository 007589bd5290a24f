"""Made-up bars whose price and momentum agree or disagree at two highs; as in ``shapes.py``, in ATR of the noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tests.analysis.shapes import Drawn, Knots, Random, draw


def _warped(rng: Random, knots: Sequence[tuple[float, float]]) -> Knots:
    """Legs take 0.85 to 1.18 of their bars, and corners move by up to 0.3 ATR."""
    return [(bars * float(np.exp(rng.uniform(-0.16, 0.16))), height + rng.uniform(-0.3, 0.3)) for bars, height in knots]


def _loud(drawn: Drawn, knots: Knots, factors: Sequence[float]) -> Drawn:
    """The volume of each leg times a factor."""
    at = np.cumsum([0, *(max(2, round(bars)) for bars, _ in knots[1:])]) + 40
    volume = drawn.bars.volume.copy()
    for start, end, factor in zip(at[:-1], at[1:], factors, strict=True):
        volume[start + 1 : end + 1] *= factor
    return Drawn(drawn.bars._replace(volume=volume), drawn.begins, drawn.ends)


def _two_highs(rng: Random, noise: float, legs: Sequence[tuple[float, float]], factors: Sequence[float]) -> Drawn:
    knots = _warped(rng, legs)
    return _loud(draw(knots, 1, 3, rng, noise), knots, factors)


def regular(rng: Random, noise: float) -> Drawn:
    """A steep rise, a fall on heavy volume, a slow rise on light volume to a higher high."""
    higher = rng.uniform(3.0, 4.0)
    legs = [(0.0, 0.0), (20.0, 34.0), (16.0, 24.0), (30.0, 34.0 + higher), (14.0, 10.0)]
    return _two_highs(rng, noise, legs, (2.5, 3.0, 0.25, 1.0))


def hidden(rng: Random, noise: float) -> Drawn:
    """A long steep fall, a short rise, a slow fall on light volume, a rise on heavy volume to a lower high."""
    lower = rng.uniform(3.5, 4.5)
    legs = [(0.0, 70.0), (36.0, 0.0), (7.0, 14.0), (28.0, 1.0), (12.0, 14.0 - lower), (16.0, -12.0)]
    knots = _warped(rng, legs)
    return _loud(draw(knots, 2, 4, rng, noise), knots, (1.0, 1.0, 0.25, 3.0, 2.0))


def agreeing(rng: Random, noise: float) -> Drawn:
    """A slow rise, a fall on light volume, a steep rise on heavy volume to a higher high: momentum and volume agree."""
    legs = [(0.0, 0.0), (24.0, 11.0), (30.0, 6.0), (15.0, 25.0), (20.0, -5.0)]
    return _two_highs(rng, noise, legs, (1.0, 0.5, 2.0, 2.0))


MEASURED: dict[str, Callable[[Random, float], Drawn]] = {"regular": regular, "hidden": hidden, "agreeing": agreeing}
"""Bearish; upside down they are bullish."""
