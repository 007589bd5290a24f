"""Loops over the last bars, without branches: a mispredicted comparison costs more than eight that are not.

Four chains at a time, since one alone waits for itself.
"""

from __future__ import annotations

from services.analysis.domain.indicators.kind import Floats, step


@step
def highest(values: Floats, t: int, n: int) -> float:
    """The largest of ``values[t - n + 1 .. t]``."""
    last = values[t - n + 1 : t + 1]
    a = b = c = d = last[0]
    if n < 4:
        for i in range(1, n):
            a = max(a, last[i])
        return float(a)
    for i in range(n >> 2):
        j = 4 * i
        a, b, c, d = max(a, last[j]), max(b, last[j + 1]), max(c, last[j + 2]), max(d, last[j + 3])
    a, b, c, d = max(a, last[n - 4]), max(b, last[n - 3]), max(c, last[n - 2]), max(d, last[n - 1])
    return float(max(a, b, c, d))


@step
def lowest(values: Floats, t: int, n: int) -> float:
    """The smallest of ``values[t - n + 1 .. t]``."""
    last = values[t - n + 1 : t + 1]
    a = b = c = d = last[0]
    if n < 4:
        for i in range(1, n):
            a = min(a, last[i])
        return float(a)
    for i in range(n >> 2):
        j = 4 * i
        a, b, c, d = min(a, last[j]), min(b, last[j + 1]), min(c, last[j + 2]), min(d, last[j + 3])
    a, b, c, d = min(a, last[n - 4]), min(b, last[n - 3]), min(c, last[n - 2]), min(d, last[n - 1])
    return float(min(a, b, c, d))


@step
def since_highest(values: Floats, t: int, n: int) -> int:
    """How many bars ago the newest of the largest of ``values[t - n + 1 .. t]`` was."""
    last, best, at = values[t - n + 1 : t + 1], highest(values, t, n), 0
    for i in range(n):
        at = max(at, i if last[i] == best else 0)
    return n - 1 - at


@step
def since_lowest(values: Floats, t: int, n: int) -> int:
    """How many bars ago the newest of the smallest of ``values[t - n + 1 .. t]`` was."""
    last, best, at = values[t - n + 1 : t + 1], lowest(values, t, n), 0
    for i in range(n):
        at = max(at, i if last[i] == best else 0)
    return n - 1 - at


@step
def spread(values: Floats, t: int, n: int) -> tuple[float, float, float]:
    """Of ``values[t - n + 1 .. t]``: the mean, and the sums of the distances from it and of their squares."""
    last = values[t - n + 1 : t + 1]
    total = rest = 0.0
    for i in range(n >> 1):
        total, rest = total + last[2 * i], rest + last[2 * i + 1]
    if n & 1:
        total += last[n - 1]
    mean = (total + rest) / n
    distances = squares = 0.0
    for i in range(n):
        distance = last[i] - mean
        distances, squares = distances + distance, squares + distance * distance
    return mean, distances, squares
