"""What a clock can do for whoever paces or waits; the real one is an adapter, tests bring their own."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """A clock that can be waited on."""

    def now(self) -> float:
        """Seconds that only ever grow."""

    def wall(self) -> int:
        """Milliseconds since the epoch, UTC."""

    async def wait(self, seconds: float) -> None:
        """Come back after ``seconds``, or earlier when the process is to stop."""
