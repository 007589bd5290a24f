"""Exponential backoff with jitter, so that replicas do not retry at the same moment."""

from __future__ import annotations

from random import Random
from typing import Final

FIRST_SECONDS: Final = 0.2
MOST_SECONDS: Final = 30.0


def delay(tries: int, first: float, maximum: float, chance: float) -> float:
    """Seconds to wait: ``min(maximum, first * 2**tries)`` times a factor from 0.5 (``chance`` 0) to 1 (``chance`` 1).

    M. Brooker, "Exponential Backoff And Jitter", 2015: equal jitter.

    >>> delay(0, 1.0, 60.0, 0.0), delay(3, 1.0, 60.0, 1.0), delay(99, 1.0, 60.0, 1.0)
    (0.5, 8.0, 60.0)
    """
    return min(maximum, first * 2.0 ** min(tries, 32)) * (0.5 + 0.5 * chance)


class Backoff:
    """The waits between the retries of one operation."""

    def __init__(self, random: Random, first: float = FIRST_SECONDS, maximum: float = MOST_SECONDS) -> None:
        self._random = random
        self._first = first
        self._maximum = maximum
        self._tries = 0

    def next(self) -> float:
        """Seconds to wait before the next try."""
        self._tries += 1
        return delay(self._tries - 1, self._first, self._maximum, self._random.random())

    def reset(self) -> None:
        """Start again with the shortest wait, after a success."""
        self._tries = 0
