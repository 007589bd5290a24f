"""Has kinds of indicators compiled that no process of this machine has used yet."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from services.analysis.compiling import compile_kind
from services.analysis.kernels.machine_code import MachineCode
from services.analysis.kernels.plan import CORE


class KindCompilations:
    """Compilations in child processes, each kind once at a time. One goes on when the job that needs it has timed out."""

    def __init__(self, code: MachineCode) -> None:
        self._code = code
        self._running: dict[str, asyncio.Task[str]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def ready(self, kinds: Iterable[str]) -> str:
        """Wait until the kinds can run; returns why one cannot, empty if all can."""
        for kind in sorted({*kinds} - {*CORE}):
            if await asyncio.to_thread(self._code.is_compiled, kind):
                continue
            if kind not in self._running:
                self._running[kind] = asyncio.create_task(self._compile(kind), name=f"compile {kind}")
            if error := await asyncio.shield(self._running[kind]):
                return f"the indicator {kind} cannot be compiled: {error}"
        return ""

    async def close(self) -> None:
        """End the child processes."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _compile(self, kind: str) -> str:
        try:
            async with self._one_at_a_time:
                return await compile_kind(kind, self._code.folder)
        finally:
            del self._running[kind]
