"""Compiles kinds of indicators in a child process at low priority, so that the event loop and the prices do not wait."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final

import structlog

from services.analysis.compiling import compile_kind
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.machine_code import MachineCode
from services.analysis.kernels.rehearsal import rehearse_kind
from shared.tasks import run_until_first

log: Final = structlog.get_logger("analysis.compile")
_KINDS: Final = {kind.name: kind for kind in KINDS}


class KindCompiler:
    """The kinds of indicators that can run in this process."""

    def __init__(self, code: MachineCode, retry_seconds: float = 60.0) -> None:
        self._code = code
        self._retry_seconds = retry_seconds
        self._compiled = frozenset[str]()
        self._waiting = dict[str, None]()
        self._new = asyncio.Event()

    @property
    def compiled(self) -> frozenset[str]:
        """The kinds that can run."""
        return self._compiled

    async def request(self, kinds: Collection[str]) -> None:
        """Loads kinds whose machine code is in the folder, and has ``run`` compile the others."""
        for kind in sorted({*kinds} - self._compiled):
            if self._code.is_compiled(kind):
                await self._load(kind)
            else:
                self._waiting[kind] = None
                self._new.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Compiles what is requested until the stop. A kind that cannot be compiled is logged and tried again after the others."""

        async def stop() -> None:
            await stopping.wait()

        await run_until_first("compiler of indicators", self._run(), stop())

    async def _run(self) -> None:
        while True:
            await self._new.wait()
            self._new.clear()
            while self._waiting:
                kind = next(iter(self._waiting))
                if not await self._compile(kind):
                    self._waiting[kind] = self._waiting.pop(kind)
                    await asyncio.sleep(self._retry_seconds)

    async def _compile(self, kind: str) -> bool:
        log.info("compiles an indicator", kind=kind)
        error = await compile_kind(kind, self._code.folder)
        if error:
            log.error("an indicator cannot be compiled", kind=kind, error=error)
            return False
        await self._load(kind)
        log.info("an indicator is compiled", kind=kind)
        return True

    async def _load(self, kind: str) -> None:
        await asyncio.to_thread(rehearse_kind, _KINDS[kind], self._code)
        self._compiled |= {kind}
        self._waiting.pop(kind, None)
