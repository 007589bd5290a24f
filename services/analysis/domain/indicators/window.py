"""Extremes of the last bars, without branches: a mispredicted comparison costs more than eight that are not.

Four chains at a time, since one alone waits for itself.
"""

from __future__ import annotations

from services.analysis.domain.indicators.kind import Floats, step


@step
def highest(values: Floats, t: int, n: int) -> float:
    """The largest of ``values[t - n + 1 .. t]``."""
    last = values[t - n + 1 : t + 1]
    a = b = c = d = last[0]
    fours = n >> 2
    for i in range(fours):
        j = 4 * i
        a, b, c, d = max(a, last[j]), max(b, last[j + 1]), max(c, last[j + 2]), max(d, last[j + 3])
    for i in range(4 * fours, n):
        a = max(a, last[i])
    return float(max(a, b, c, d))


@step
def lowest(values: Floats, t: int, n: int) -> float:
    """The smallest of ``values[t - n + 1 .. t]``."""
    last = values[t - n + 1 : t + 1]
    a = b = c = d = last[0]
    fours = n >> 2
    for i in range(fours):
        j = 4 * i
        a, b, c, d = min(a, last[j]), min(b, last[j + 1]), min(c, last[j + 2]), min(d, last[j + 3])
    for i in range(4 * fours, n):
        a = min(a, last[i])
    return float(min(a, b, c, d))


@step
def squares(values: Floats, t: int, n: int, mean: float) -> float:
    """The sum of the squared distances of ``values[t - n + 1 .. t]`` from ``mean``."""
    last = values[t - n + 1 : t + 1]
    a = b = c = d = 0.0
    fours = n >> 2
    for i in range(fours):
        j = 4 * i
        w, x, y, z = last[j] - mean, last[j + 1] - mean, last[j + 2] - mean, last[j + 3] - mean
        a, b, c, d = a + w * w, b + x * x, c + y * y, d + z * z
    for i in range(4 * fours, n):
        w = last[i] - mean
        a += w * w
    return (a + b) + (c + d)
