"""Asks the drawing process for pictures; one at a time, and a new process where one hangs or dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
import sys
from typing import Final

import msgspec
import structlog

from services.notifier.domain.charts import ChartRequest
from services.notifier.domain.ports import PaintError

START_SECONDS: Final = 120.0
"""The very first start of all looks through the machine's fonts."""
LARGEST: Final = 8 * 1024 * 1024
_log = structlog.get_logger(__name__)


class ProcessPainter:
    """``Painter`` in a child process, which ends by itself when this process is gone."""

    def __init__(self, seconds: float) -> None:
        """``seconds``: for one picture, the wait for a process that is still starting included."""
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._child: asyncio.Task[asyncio.subprocess.Process] | None = None

    def start(self) -> asyncio.Task[asyncio.subprocess.Process]:
        """The process, which starts now if none runs: begun early, no picture has to wait for it."""
        child = self._child
        if child is None or (child.done() and (child.cancelled() or child.exception() or child.result().returncode is not None)):
            child = self._child = asyncio.create_task(_started(), name="painter")
        return child

    async def paint(self, request: ChartRequest) -> bytes:
        async with self._lock:
            child = self.start()
            try:
                async with asyncio.timeout(self._seconds):
                    return await _ask(await asyncio.shield(child), request)
            except TimeoutError:
                if child.done():  # it hangs; one that is only slow to start will be there for the next picture
                    await self.close()
                raise PaintError("timeout") from None
            except (asyncio.IncompleteReadError, OSError) as error:
                _log.warning("the painter died", error=type(error).__name__)
                await self.close()
                raise PaintError("crashed") from error

    async def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child is None:
            return
        child.cancel()
        with contextlib.suppress(asyncio.CancelledError, asyncio.IncompleteReadError, OSError):  # it never came to be
            await _end(await child)


async def _started() -> asyncio.subprocess.Process:
    keep = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME", "MPLCONFIGDIR", "LANG") if name in os.environ}
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.notifier.adapters.charts.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=keep,  # no tokens in there
        start_new_session=True,  # Ctrl-C is for us; the child ends when its input does
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            await _read(child)
    except BaseException:
        await _end(child)
        raise
    return child


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        child.kill()
        await child.wait()


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
