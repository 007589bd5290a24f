"""When so many messages fail that it is not the messages: then setting them aside would empty the topic into the dead letters."""

from __future__ import annotations

from collections import deque
from typing import Final

WINDOW: Final = 100
FEWEST: Final = 20
LIMIT: Final = 0.5


class FailureShare:
    """The outcomes of the last 100 messages of a partition.

    >>> share = FailureShare()
    >>> share.passed(10)
    >>> [share.failed() for _ in range(11)][-1]
    True
    """

    def __init__(self) -> None:
        self._outcomes: deque[bool] = deque(maxlen=WINDOW)

    def passed(self, count: int) -> None:
        """So many messages were handled."""
        self._outcomes.extend([True] * min(count, WINDOW))

    def failed(self) -> bool:
        """One failed. True when more than half of the last ones did, of at least twenty: hold the partition instead."""
        self._outcomes.append(False)
        failures = self._outcomes.count(False)
        return len(self._outcomes) >= FEWEST and failures > LIMIT * len(self._outcomes)

    def clear(self) -> None:
        """A message that was held passed: forget the past."""
        self._outcomes.clear()
