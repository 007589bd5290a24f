"""The bounds of a parameter of a kind, found by trying values with the kind itself."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from services.analysis.kernels.indicators.kind import Kind

HUGE: Final = 1e9


def bounds(kind: Kind, place: int) -> str:
    """The bounds as text, with the other parameters as in the kind's first example.

    >>> from services.analysis.kernels.indicators import bollinger, macd
    >>> bounds(macd.KIND, 0), bounds(bollinger.KIND, 1)
    ('whole, 1 to 25', 'above 0, to 100')
    """
    usual = kind.examples[0][place]
    if not _accepts(kind, place, 0.999 * usual):
        down, up = range(int(usual), -1001, -1), range(int(usual), 2201)
        last, first = (way[bisect_left(way, x=True, key=lambda value: not _accepts(kind, place, value)) - 1] for way in (up, down))
        return f"whole, {first} to {last}"
    low, high = _end(kind, place, -HUGE), _end(kind, place, HUGE)
    least = f"{low:g}" if _accepts(kind, place, round(low, 6)) else f"above {low:g}"
    return f"{least}, to {high:g}"


def _end(kind: Kind, place: int, outside: float) -> float:
    """Where the accepted values end, between the usual one and ``outside``, to six decimals."""
    inside = kind.examples[0][place]
    if _accepts(kind, place, outside):
        return outside
    for _ in range(80):
        middle = 0.5 * (inside + outside)
        inside, outside = (middle, outside) if _accepts(kind, place, middle) else (inside, middle)
    return round(inside, 6) + 0.0


def _accepts(kind: Kind, place: int, value: float) -> bool:
    given = list(kind.examples[0])
    given[place] = float(value)
    try:
        kind.prepare(*given)
    except ValueError:
        return False
    return True
