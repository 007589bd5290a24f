"""The clock that sources read and wait on; the real one is an adapter, tests provide their own."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Monotonic time, wall time and waiting."""

    def now(self) -> float:
        """Monotonic seconds."""

    def wall(self) -> int:
        """Milliseconds since the epoch, UTC."""

    async def wait(self, seconds: float) -> None:
        """Return after ``seconds``, or earlier when the process is to stop."""
