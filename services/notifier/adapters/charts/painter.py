"""Asks the drawing process for pictures; one at a time, and a new process where one hangs or dies."""

from __future__ import annotations

import asyncio
import os
import struct
import sys
from typing import Final

import msgspec
import structlog

from services.notifier.domain.charts import ChartRequest
from services.notifier.domain.ports import PaintError

START_SECONDS: Final = 30.0
LARGEST: Final = 8 * 1024 * 1024
_log = structlog.get_logger(__name__)


class ProcessPainter:
    """``Painter`` in a child process, which ends by itself when this process is gone."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None

    async def paint(self, request: ChartRequest) -> bytes:
        async with self._lock:
            try:
                child = await self._ready()
                async with asyncio.timeout(self._seconds):
                    return await _ask(child, request)
            except TimeoutError:
                await self.close()
                raise PaintError("timeout") from None
            except (asyncio.IncompleteReadError, OSError) as error:
                _log.warning("the painter died", error=type(error).__name__)
                await self.close()
                raise PaintError("crashed") from error

    async def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            child.kill()
            await child.wait()

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._child is not None and self._child.returncode is None:
            return self._child
        keep = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME", "MPLCONFIGDIR", "LANG") if name in os.environ}
        self._child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.notifier.adapters.charts.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=keep,  # no tokens in there
            start_new_session=True,  # Ctrl-C is for us; the child ends when its input does
        )
        async with asyncio.timeout(START_SECONDS):
            await _read(self._child)
        return self._child


async def _ask(child: asyncio.subprocess.Process, request: ChartRequest) -> bytes:
    if child.stdin is None:
        raise PaintError("crashed")
    body = msgspec.json.encode(request)
    child.stdin.write(struct.pack(">I", len(body)) + body)
    await child.stdin.drain()
    answer = await _read(child)
    if not answer:
        raise PaintError("refused")
    return answer


async def _read(child: asyncio.subprocess.Process) -> bytes:
    if child.stdout is None:
        raise PaintError("crashed")
    (length,) = struct.unpack(">I", await child.stdout.readexactly(4))
    if length > LARGEST:
        raise OSError(f"the painter announces {length} bytes")
    return await child.stdout.readexactly(length)
