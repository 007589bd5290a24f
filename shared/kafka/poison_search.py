"""Finding the message of a batch that a handler fails on, when every failure requires that the state is restored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

SPLIT_INTO: Final = 8
"""A part that failed is split into this many parts."""


class PoisonSearch:
    """The range of offsets of one partition that is handled in parts, from ``first`` to before ``end``, and the dead letters in it.

    >>> from types import SimpleNamespace
    >>> batch = [SimpleNamespace(offset=offset) for offset in range(3, 24)]
    >>> search = PoisonSearch()
    >>> search.narrow(5, 21)
    >>> [(part[0].offset, len(part)) for part in search.parts(batch)][:4]
    [(3, 2), (5, 2), (7, 2), (9, 2)]
    >>> search.narrow(7, 9)
    >>> search.exclude(8)
    >>> [(part[0].offset, len(part)) for part in search.parts(batch)]
    [(3, 4), (7, 1), (8, 1), (9, 15)]
    """

    def __init__(self) -> None:
        self._first = self._end = 0
        self._size = 1
        self._excluded: set[int] = set()

    def narrow(self, first: int, end: int) -> None:
        """A message from ``first`` to before ``end`` failed: search that range in smaller parts."""
        self._first, self._end, self._size = first, end, max(1, (end - first) // SPLIT_INTO)

    def exclude(self, offset: int) -> None:
        """The message at ``offset`` is a dead letter. The messages after it, up to the end of the range, are handled one by one."""
        self._excluded.add(offset)

    def is_excluded(self, offset: int) -> bool:
        """Whether the message is a dead letter and must be skipped."""
        return offset in self._excluded

    def stored_until(self, offset: int) -> bool:
        """A checkpoint at ``offset`` is stored: forget what is before it. True when the search is over."""
        self._excluded = {each for each in self._excluded if each >= offset}
        return not self._excluded and offset >= self._end

    def parts(self, messages: Sequence[Any]) -> Iterator[Sequence[Any]]:
        """Split the messages into parts, in order; a dead letter is a part of its own."""
        start = 0
        for place in range(1, len(messages) + 1):
            if place == len(messages) or self._cut(messages[start].offset, messages[place].offset, place - start):
                yield messages[start:place]
                start = place

    def _cut(self, first: int, offset: int, size: int) -> bool:
        """Whether a part of ``size`` that began at ``first`` ends before ``offset``."""
        if first in self._excluded or offset in self._excluded:
            return True
        if offset in (self._first, self._end):
            return True
        inside = self._first <= first < self._end
        return (inside and size >= self._size) or inside != (self._first <= offset < self._end)
