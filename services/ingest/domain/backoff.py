"""How long to wait before the next try."""

from __future__ import annotations


def full_jitter(tries: int, first: float, most: float, chance: float) -> float:
    """Between 0 and ``first`` doubled ``tries`` times, at most ``most``; ``chance`` is from 0 to 1.

    M. Brooker, "Exponential Backoff And Jitter", 2015: many clients that failed together do not come back together.

    >>> full_jitter(0, 1.0, 60.0, 0.5), full_jitter(3, 1.0, 60.0, 1.0), full_jitter(99, 1.0, 60.0, 1.0)
    (0.5, 8.0, 60.0)
    """
    return min(most, first * 2.0 ** min(tries, 32)) * chance
