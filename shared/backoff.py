"""How long to wait before trying again: exponential, spread by chance so that replicas do not come back in step."""

from __future__ import annotations

from random import Random
from typing import Final

FIRST_SECONDS: Final = 0.2
MOST_SECONDS: Final = 30.0


def delay(tries: int, first: float, most: float, chance: float) -> float:
    """Between half and all of ``first`` doubled ``tries`` times, at most ``most``; ``chance`` is from 0 to 1.

    M. Brooker, "Exponential Backoff And Jitter", 2015: equal jitter.

    >>> delay(0, 1.0, 60.0, 0.0), delay(3, 1.0, 60.0, 1.0), delay(99, 1.0, 60.0, 1.0)
    (0.5, 8.0, 60.0)
    """
    return min(most, first * 2.0 ** min(tries, 32)) * (0.5 + 0.5 * chance)


class Backoff:
    """The waits of one thing that fails, until ``reset``."""

    def __init__(self, random: Random, first: float = FIRST_SECONDS, most: float = MOST_SECONDS) -> None:
        self._random = random
        self._first = first
        self._most = most
        self._tries = 0

    def next(self) -> float:
        """Seconds to wait."""
        self._tries += 1
        return delay(self._tries - 1, self._first, self._most, self._random.random())

    def reset(self) -> None:
        """It worked: the next failure waits as briefly as the first."""
        self._tries = 0
