"""How long to wait before trying again: exponential, with full jitter so that replicas do not come back in step."""

from __future__ import annotations

from random import Random
from typing import Final

FIRST_SECONDS: Final = 0.2
MOST_SECONDS: Final = 30.0


class Backoff:
    """The waits of one thing that fails, until ``reset``."""

    def __init__(self, random: Random, most: float = MOST_SECONDS) -> None:
        self._random = random
        self._most = most
        self._tries = 0

    def next(self) -> float:
        """Seconds to wait: between half and all of 0.2, 0.4, 0.8 ... ``most``."""
        ceiling = min(self._most, FIRST_SECONDS * 2.0**self._tries)
        self._tries = min(self._tries + 1, 32)
        return ceiling * (0.5 + 0.5 * self._random.random())

    def reset(self) -> None:
        """It worked: the next failure waits as briefly as the first."""
        self._tries = 0
