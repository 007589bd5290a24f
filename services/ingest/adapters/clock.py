"""The machine's clock."""

from __future__ import annotations

import asyncio
import time

from services.ingest.domain.clock import Clock
from shared.waiting import pause

__all__ = ["Clock", "SystemClock"]


class SystemClock:
    """The clock of this machine; its waits end when ``stopping`` is set."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping

    def now(self) -> float:
        return time.monotonic()

    def wall(self) -> int:
        return time.time_ns() // 1_000_000

    async def wait(self, seconds: float) -> None:
        await pause(seconds, self._stopping)
