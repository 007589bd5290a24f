"""The last bars: their extremes, which move on from bar to bar, and loops over them.

An extreme is searched again only when its own value leaves the window: O(1) amortised, except on a constant series, or
falls or rises for a whole window on end. The loops have no branches: a mispredicted comparison costs more than eight that are not.
Four chains at a time, since one alone waits for itself.
"""

from __future__ import annotations

from services.analysis.kernels.indicators.kind import Floats, step


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
def moved_high(best: float, values: Floats, t: int, n: int, length: int) -> float:
    """The largest of the last ``length`` values, or of all since bar 0, where ``best`` is the same at bar n - 1."""
    now = values[t]
    best = best if (best > now) & (n > 0) else now
    if n >= length and values[t - length] >= best:
        best = highest(values, t, length)
    return best


@step
def moved_low(best: float, values: Floats, t: int, n: int, length: int) -> float:
    """The smallest of the last ``length`` values, or of all since bar 0, where ``best`` is the same at bar n - 1."""
    now = values[t]
    best = best if (best < now) & (n > 0) else now
    if n >= length and values[t - length] <= best:
        best = lowest(values, t, length)
    return best


@step
def ago(values: Floats, t: int, n: int, value: float) -> int:
    """How many bars ago the newest of ``values[t - n + 1 .. t]`` was that is ``value``."""
    last, at = values[t - n + 1 : t + 1], 0
    for i in range(n):
        at = max(at, i if last[i] == value else 0)
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
