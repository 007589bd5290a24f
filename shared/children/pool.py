"""Several child processes of one module: while one hangs, requests go to the others."""

from __future__ import annotations

import asyncio
from typing import Final

from shared.children.process import ChildProcess

START_SECONDS: Final = 15.0


class ChildPool:
    """Processes ``python -m module``. Another one starts when all running ones are busy."""

    def __init__(self, module: str, processes: int) -> None:
        self._children = [ChildProcess(module) for _ in range(processes)]
        self._free: asyncio.LifoQueue[ChildProcess] = asyncio.LifoQueue()
        for child in reversed(self._children):
            self._free.put_nowait(child)

    def start(self) -> None:
        """Start the first process early, so that no request waits for it."""
        self._children[0].start()

    async def request(self, body: bytes, seconds: float) -> bytes:
        """The answer of a free process; ``seconds`` do not include the wait for one, nor its start.

        Raises:
            ChildError: there is none. A process that does not answer a request is killed.
        """
        child = await self._free.get()
        try:
            await child.wait_ready(START_SECONDS)
            return await child.request(body, seconds)
        finally:
            self._free.put_nowait(child)

    async def close(self) -> None:
        """Kill the processes."""
        for child in self._children:
            await child.close()
