"""Decides which updates of a bot may be confirmed: those below the lowest unfinished one.

Telegram has one offset: updates below it are confirmed and never sent again; updates at or above it are sent with every request,
at most a hundred at a time. While an update is unfinished the same updates are received again; this module recognises them.
"""

from __future__ import annotations

from collections.abc import Iterable


class UpdateProgress:
    """The received updates and whether they are finished. Holds about twice as many ids as Telegram sends at once."""

    def __init__(self, maximum: int) -> None:
        """``maximum``: how many updates Telegram sends at once."""
        self._maximum = maximum
        self._finished: dict[int, bool] = {}
        self._requested: int | None = None
        self.offset: int | None = None
        """The first update that is not confirmed; None before the first one is received."""

    @property
    def waiting(self) -> bool:
        """Whether any update is unfinished."""
        return not all(self._finished.values())

    def request(self) -> int | None:
        """The offset to send now. Updates that finish before the response arrives are still in it, and are not new."""
        self._requested = self.offset
        return self.offset

    def arrived(self, ids: Iterable[int]) -> list[int]:
        """Record received updates; returns the new ones, in order.

        The offset goes back to a new one that is lower: after a week without updates, Telegram numbers them from any number on.
        """
        new = [number for number in dict.fromkeys(ids) if number not in self._finished]
        for number in [number for number in self._finished if self._requested is not None and number < self._requested]:
            del self._finished[number]  # the last request confirmed them
        self._finished |= dict.fromkeys(new, False)
        self._advance()
        return new

    def finished(self, number: int) -> None:
        """Record that an update has been handled or dropped."""
        if number in self._finished:
            self._finished[number] = True
            self._advance()

    def make_room(self) -> list[int]:
        """Where unfinished updates fill the whole response: confirm the older half early; returns those of it that are unfinished.

        Their handling continues, but a crash would lose them. Without this, a handler that hangs would block all chats.
        """
        standing = sorted(number for number in self._finished if self.offset is None or number >= self.offset)
        if len(standing) < self._maximum:
            return []
        older = standing[: self._maximum // 2]
        unfinished = [number for number in older if not self._finished[number]]
        self._finished |= dict.fromkeys(older, True)
        self._advance()
        return unfinished

    def _advance(self) -> None:
        for number in sorted(self._finished):
            self.offset = number if not self._finished[number] else number + 1
            if not self._finished[number]:
                return
