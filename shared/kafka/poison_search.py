"""Finding the one message that a handler fails on, among those of a batch, when a failure voids all that is in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

NARROWER: Final = 8
"""A part that failed is handed over again in so many parts."""


class PoisonSearch:
    """The offsets of one partition that are handed over in parts, from ``first`` until before ``end``, and those set aside.

    >>> from types import SimpleNamespace
    >>> batch = [SimpleNamespace(offset=offset) for offset in range(3, 24)]
    >>> search = Search()
    >>> search.narrow(5, 21)
    >>> [(part[0].offset, len(part)) for part in search.parts(batch)][:4]
    [(3, 2), (5, 2), (7, 2), (9, 2)]
    >>> search.narrow(7, 9)
    >>> search.condemn(8)
    >>> [(part[0].offset, len(part)) for part in search.parts(batch)]
    [(3, 4), (7, 1), (8, 1), (9, 15)]
    """

    def __init__(self) -> None:
        self._first = self._end = 0
        self._size = 1
        self._condemned: set[int] = set()

    def narrow(self, first: int, end: int) -> None:
        """The handling failed somewhere between ``first`` and before ``end``."""
        self._first, self._end, self._size = first, end, max(1, (end - first) // NARROWER)

    def condemn(self, offset: int) -> None:
        """Set a message aside; those behind it go one by one until the end of the last part that failed."""
        self._condemned.add(offset)

    def is_condemned(self, offset: int) -> bool:
        """Whether the message is set aside and must not be handed over again."""
        return offset in self._condemned

    def reached(self, offset: int) -> bool:
        """Everything before ``offset`` is stored: what lies there is forgotten. True when nothing is left to look for."""
        self._condemned = {each for each in self._condemned if each >= offset}
        return not self._condemned and offset >= self._end

    def parts(self, messages: Sequence[Any]) -> Iterator[Sequence[Any]]:
        """The messages in their order, cut; a condemned one is a part of its own."""
        start = 0
        for place in range(1, len(messages) + 1):
            if place == len(messages) or self._cut(messages[start].offset, messages[place].offset, place - start):
                yield messages[start:place]
                start = place

    def _cut(self, first: int, offset: int, size: int) -> bool:
        """Whether a part of ``size`` that began at ``first`` ends before ``offset``."""
        if first in self._condemned or offset in self._condemned:
            return True
        if offset in (self._first, self._end):
            return True
        inside = self._first <= first < self._end
        return (inside and size >= self._size) or inside != (self._first <= offset < self._end)
