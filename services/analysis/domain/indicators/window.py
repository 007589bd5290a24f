"""Extremes of the last bars, without branches: a mispredicted comparison costs more than eight that are not.

Four chains at a time, since one alone waits for itself.
"""

from __future__ import annotations

from services.analysis.domain.indicators.kind import Floats, step


@step
def highest(values: Floats, t: int, n: int) -> float:
    """The largest of ``values[t - n + 1 .. t]``."""
    first = t - n + 1
    a = b = c = d = float(values[first])
    i = first
    while i + 3 <= t:
        a, b, c, d = max(a, values[i]), max(b, values[i + 1]), max(c, values[i + 2]), max(d, values[i + 3])
        i += 4
    while i <= t:
        a = max(a, values[i])
        i += 1
    return max(a, b, c, d)


@step
def lowest(values: Floats, t: int, n: int) -> float:
    """The smallest of ``values[t - n + 1 .. t]``."""
    first = t - n + 1
    a = b = c = d = float(values[first])
    i = first
    while i + 3 <= t:
        a, b, c, d = min(a, values[i]), min(b, values[i + 1]), min(c, values[i + 2]), min(d, values[i + 3])
        i += 4
    while i <= t:
        a = min(a, values[i])
        i += 1
    return min(a, b, c, d)
