"""Which updates of a bot may be confirmed: those below the lowest one that is not finished.

Telegram knows one number, the offset: what is below it is confirmed and never comes again, what is at or above it comes with every
request, at most a hundred at a time. So an update that takes long lets the same ones come again; they are recognised here.
"""

from __future__ import annotations

from collections.abc import Iterable


class UpdateProgress:
    """What has arrived, and what of it is finished. Holds about twice as many ids as Telegram sends at once."""

    def __init__(self, most: int) -> None:
        """``most``: how many updates Telegram sends at once."""
        self._most = most
        self._finished: dict[int, bool] = {}
        self._requested: int | None = None
        self.offset: int | None = None
        """The first update that is not confirmed; None before the first one arrived."""

    @property
    def waiting(self) -> bool:
        """Whether anything is not finished."""
        return not all(self._finished.values())

    def request(self) -> int | None:
        """The offset to send now. What is finished before the answer comes is still in that answer, and not new."""
        self._requested = self.offset
        return self.offset

    def arrived(self, ids: Iterable[int]) -> list[int]:
        """Those that are new, in their order."""
        new = [number for number in dict.fromkeys(ids) if number not in self._finished]
        for number in [number for number in self._finished if self._requested is not None and number < self._requested]:
            del self._finished[number]  # confirmed by the request that was just answered
        self._finished |= dict.fromkeys(new, False)
        return new

    def finished(self, number: int) -> None:
        """An update has been handled, or given up."""
        if number in self._finished:
            self._finished[number] = True
            self._advance()

    def make_room(self) -> list[int]:
        """Where unfinished updates leave no room for new ones: confirm the older half anyway, and say which of it are unfinished.

        These go on being handled; only a crash loses them now. Without this, one that hangs would hold up everybody.
        """
        standing = sorted(number for number in self._finished if self.offset is None or number >= self.offset)
        if len(standing) < self._most:
            return []
        older = standing[: self._most // 2]
        unfinished = [number for number in older if not self._finished[number]]
        self._finished |= dict.fromkeys(older, True)
        self._advance()
        return unfinished

    def _advance(self) -> None:
        for number in sorted(self._finished):
            self.offset = number if not self._finished[number] else number + 1
            if not self._finished[number]:
                return
