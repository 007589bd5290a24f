"""A child process that answers one request at a time, each within a time limit, and is killed and replaced where it does not."""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
import sys
from typing import Final

START_SECONDS: Final = 120.0
"""The first start of all may look through the machine's fonts."""
LARGEST: Final = 8 * 1024 * 1024
KEPT: Final = ("PATH", "PYTHONPATH", "HOME", "MPLCONFIGDIR", "LANG")
"""What a child gets of the environment: no tokens."""


class ChildError(Exception):
    """No answer: ``timeout`` or ``crashed``."""


class ChildProcess:
    """A process of ``python -m module`` that speaks as ``adapters.serving``. It ends by itself when this process is gone."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = asyncio.Lock()
        self._starting: asyncio.Task[asyncio.subprocess.Process] | None = None

    def start(self) -> asyncio.Task[asyncio.subprocess.Process]:
        """The process, which starts now if none runs: begun early, no request has to wait for it."""
        task = self._starting
        if task is None or (task.done() and (task.cancelled() or task.exception() or task.result().returncode is not None)):
            task = self._starting = asyncio.create_task(_start_process(self._module), name=f"start {self._module}")
        return task

    async def wait_ready(self, seconds: float) -> None:
        """Wait until the process can be asked. Raises ChildError."""
        try:
            async with asyncio.timeout(seconds):
                await asyncio.shield(self.start())
        except TimeoutError:
            raise ChildError("timeout") from None
        except (asyncio.IncompleteReadError, OSError) as error:
            raise ChildError("crashed") from error

    async def request(self, body: bytes, seconds: float) -> bytes:
        """The answer to a request; ``seconds`` include the wait for a process that is still starting.

        Raises:
            ChildError: there is none. A process that was asked and did not answer is killed; one that is slow to start goes on.
        """
        async with self._lock:
            unanswered = False
            try:
                async with asyncio.timeout(seconds):
                    process = await asyncio.shield(self.start())
                    unanswered = True
                    answer = await _exchange(process, body)
                    unanswered = False
                    return answer
            except TimeoutError:
                raise ChildError("timeout") from None
            except (asyncio.IncompleteReadError, OSError) as error:
                raise ChildError("crashed") from error
            finally:
                if unanswered:  # a late answer must not be taken for that to the next request
                    await self.close()

    async def close(self) -> None:
        """End the process."""
        task, self._starting = self._starting, None
        if task is None:
            return
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, asyncio.IncompleteReadError, OSError):  # it never came to be
            await _end(await task)


async def _start_process(module: str) -> asyncio.subprocess.Process:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={name: os.environ[name] for name in KEPT if name in os.environ},
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


async def _exchange(child: asyncio.subprocess.Process, body: bytes) -> bytes:
    if child.stdin is None:
        raise OSError("the child has no input")
    child.stdin.write(struct.pack(">I", len(body)) + body)
    await child.stdin.drain()
    return await _read(child)


async def _read(child: asyncio.subprocess.Process) -> bytes:
    if child.stdout is None:
        raise OSError("the child has no output")
    (length,) = struct.unpack(">I", await child.stdout.readexactly(4))
    if length > LARGEST:
        raise OSError(f"the child announces {length} bytes")
    return await child.stdout.readexactly(length)
