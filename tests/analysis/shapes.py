"""Made-up bars that hold one chart pattern: shapes with noise, scale, tilt and warped time, each from a seed.

The unit of height is one ATR of the noise: every close is the shape plus independent normal noise of ``SIGMA``, a bar opens at the
close before and has wicks of ``WICK`` x abs(normal) beyond its body, so that the mean true range of the noise alone is 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.signatures import PriceArrays

SIGMA, WICK = 0.675, 0.15
MINUTE = 60_000
Floats = npt.NDArray[np.float64]
Random = np.random.Generator


@dataclass(frozen=True)
class Drawn:
    """A made series, the bar at which its shape begins, and the bar at which it is left."""

    bars: PriceArrays
    begins: int
    ends: int


Knots = list[tuple[float, float]]
"""Bars since the knot before, height in ATR: the shape's path goes straight from one to the next."""


def unknown(count: int) -> tuple[Floats, Floats, Floats]:
    """RSI, MACD and OBV that have no value."""
    return np.full(count, np.nan), np.full(count, np.nan), np.full(count, np.nan)


def made(path: Floats, rng: Random, noise: float = 1.0, scale: float = 1.0) -> PriceArrays:
    """Bars around a path in ATR."""
    close = path + rng.normal(0.0, SIGMA, len(path)) * noise
    opened = np.concatenate([close[:1], close[:-1]])
    wick = WICK * noise * abs(rng.normal(0.0, 1.0, (2, len(path))))
    high, low = np.maximum(opened, close) + wick[0], np.minimum(opened, close) - wick[1]
    volume = rng.integers(50, 150, len(path)).astype(float)
    return PriceArrays(high * scale, low * scale, close * scale, volume, MINUTE * np.arange(1, len(path) + 1), *unknown(len(path)))


def draw(knots: Knots, first: int, last: int, rng: Random, noise: float, *, tilt: float = 0.0, cup: int = -1) -> Drawn:
    """The series of a shape whose first and last corner are ``knots[first]`` and ``knots[last]``; ``cup`` is a knot that is reached
    and left round, not straight.
    """
    at = np.cumsum([0, *(max(2, round(bars)) for bars, _ in knots[1:])]) + 40
    heights = [height for _, height in knots]
    path = np.interp(np.arange(at[-1] + 30), at, heights)
    path[: at[0]] += np.sign(heights[1] - heights[0]) * rng.uniform(-0.15, 0.0) * (np.arange(at[0]) - at[0])
    if cup >= 0:
        left, bottom, right = at[cup - 1], at[cup], at[cup + 1]
        for side, rim in ((left, heights[cup - 1]), (right, heights[cup + 1])):
            inside = np.arange(min(side, bottom), max(side, bottom) + 1)
            path[inside] = heights[cup] + (rim - heights[cup]) * ((inside - bottom) / (side - bottom)) ** 2
    path += tilt * (np.arange(len(path)) - at[first]) / max(1, at[last] - at[first])
    return Drawn(made(path + 100.0, rng, noise, float(rng.choice([0.01, 1.0, 37.0]))), int(at[first]), int(at[last]))


def warped(rng: Random, leg: float) -> float:
    """Time is warped: a leg takes about 2/3 to 3/2 of its usual bars."""
    return leg * float(np.exp(max(-0.4, min(rng.normal(0.0, 0.2), 0.4))))


def _steps(rng: Random, heights: Sequence[float], size: float, leg: float) -> Knots:
    return [(warped(rng, leg), size * height) for height in heights]


def head_and_shoulders(rng: Random, noise: float) -> Drawn:
    size, shoulder = rng.uniform(8, 12), rng.uniform(0.5, 0.65)
    heights = [-0.7, shoulder, rng.uniform(-0.04, 0.04), 1.0, rng.uniform(-0.04, 0.04), shoulder + rng.uniform(-0.04, 0.04), -1.2]
    return draw(_steps(rng, heights, size, rng.uniform(10, 16)), 1, 5, rng, noise, tilt=rng.uniform(-1, 1))


def double_top(rng: Random, noise: float) -> Drawn:
    heights = [-0.6, 1.0 + rng.uniform(-0.03, 0.03), 0.0, 1.0, -1.2]
    return draw(_steps(rng, heights, rng.uniform(6, 12), rng.uniform(10, 18)), 1, 3, rng, noise, tilt=rng.uniform(-0.3, 0.3))


def triple_top(rng: Random, noise: float) -> Drawn:
    heights = [-0.9, 1.0, 0.0, 1.0 + rng.uniform(-0.03, 0.03), rng.uniform(0.0, 0.12), 1.0, -1.2]
    return draw(_steps(rng, heights, rng.uniform(7, 12), rng.uniform(10, 16)), 1, 5, rng, noise, tilt=rng.uniform(-0.3, 0.3))


def cup_and_handle(rng: Random, noise: float) -> Drawn:
    size, leg = rng.uniform(9, 12), rng.uniform(18, 30)
    handle = size - rng.uniform(3.8, 4.6)
    knots = [
        (0.0, -1.2 * size),
        (18.0, size),
        (warped(rng, leg), 0.0),
        (warped(rng, leg), size),
        (10.0, handle),
        (16.0, 2 * size),
    ]
    return draw(knots, 1, 4, rng, noise, tilt=rng.uniform(-0.5, 0.5), cup=2)


def _poled(rng: Random, noise: float, size: float, last: float, fall: float) -> Drawn:
    touches, leg = int(rng.integers(4, 6)) if last == 1.0 else 4, rng.uniform(8, 11)
    pole = size * rng.uniform(3.2, 4.0)
    knots: Knots = [(0.0, -pole), (pole / rng.uniform(1.0, 1.4), 0.0)]
    bars = [warped(rng, leg) for _ in range(touches - 1)]
    for i, share in enumerate(np.cumsum(bars) / sum(bars)):
        half = 0.5 * size * (1 - (1 - last) * share)
        knots.append((bars[i], -0.5 * size - fall * size * share + (half if i % 2 else -half)))
    if touches % 2:  # the last touch was above
        knots.append((0.5 * leg, knots[-1][1] - 0.5 * last * size))
    return draw([*knots, (pole / 1.2, 0.6 * pole)], 1, touches, rng, noise)


def bull_flag(rng: Random, noise: float) -> Drawn:
    return _poled(rng, noise, rng.uniform(7, 9), 1.0, rng.uniform(0.0, 0.5))


def bull_pennant(rng: Random, noise: float) -> Drawn:
    return _poled(rng, noise, rng.uniform(9, 10), rng.uniform(0.33, 0.38), 0.0)


def lines(rng: Random, noise: float, upper: float, lower: float, touches: Sequence[int]) -> Drawn:
    """Two lines, 1 apart at first, that move by ``upper`` and ``lower`` of that over the shape; left through either."""
    size, leg, count = rng.uniform(9, 12), rng.uniform(9, 14), int(rng.choice(touches))
    side = int(rng.integers(2))
    out = 1 if (count + side) % 2 == 0 else -1  # away from the line that was touched last
    bars = [warped(rng, leg) for _ in range(count - 1)]
    line = [lambda share: 1.0 + upper * share, lambda share: lower * share]
    share = np.cumsum([0.0, *bars]) / sum(bars)
    heights = [line[(i + side) % 2](share[i]) for i in range(count)]
    knots = [(leg, [-1.0, 2.0][side]), (leg, heights[0]), *zip(bars, heights[1:], strict=True)]
    knots.append((leg, 1.0 + upper + 0.9 if out > 0 else lower - 0.9))
    return draw([(time, size * height) for time, height in knots], 1, count, rng, noise)


def ascending_triangle(rng: Random, noise: float) -> Drawn:
    return lines(rng, noise, 0.0, rng.uniform(0.6, 0.68), (6, 7))


def symmetrical_triangle(rng: Random, noise: float) -> Drawn:
    each = rng.uniform(0.31, 0.35)
    return lines(rng, noise, -each, each, (6, 7))


def rising_wedge(rng: Random, noise: float) -> Drawn:
    rise = rng.uniform(0.45, 0.52)
    return lines(rng, noise, rise, rise + rng.uniform(0.55, 0.6), (6, 7))


def channel_up(rng: Random, noise: float) -> Drawn:
    rise = rng.uniform(0.7, 1.2)
    return lines(rng, noise, rise, rise, (6, 7))


def rectangle(rng: Random, noise: float) -> Drawn:
    return lines(rng, noise, 0.0, 0.0, (6, 7))


def resistance(rng: Random, noise: float) -> Drawn:
    valleys = [rng.uniform(0.25, 0.3), rng.uniform(-0.3, -0.2), rng.uniform(0.25, 0.3)]
    heights = [0.4, 0.4, 1.0, valleys[0], 1.0, valleys[1], 1.0, valleys[2], 2.0]
    return draw(_steps(rng, heights, rng.uniform(7, 9), rng.uniform(9, 14)), 2, 6, rng, noise)


SHAPES: dict[str, Callable[[Random, float], Drawn]] = {
    "head_and_shoulders": head_and_shoulders,
    "triple_top": triple_top,
    "double_top": double_top,
    "cup_and_handle": cup_and_handle,
    "bull_flag": bull_flag,
    "bull_pennant": bull_pennant,
    "ascending_triangle": ascending_triangle,
    "symmetrical_triangle": symmetrical_triangle,
    "rising_wedge": rising_wedge,
    "channel_up": channel_up,
    "rectangle": rectangle,
    "resistance": resistance,
}
"""One of each pair; the other is its mirror image."""
