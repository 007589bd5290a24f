"""A child process that answers one request at a time. It is killed and replaced when a request times out."""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
import sys
from typing import Final

START_SECONDS: Final = 120.0
"""The very first start may index the machine's fonts."""
MAX_ANSWER: Final = 8 * 1024 * 1024
"""Bytes of the largest answer."""
INHERITED: Final = ("PATH", "PYTHONPATH", "HOME", "MPLCONFIGDIR", "LANG")
"""Environment variables that a child inherits: no tokens."""


class ChildError(Exception):
    """There is no answer; the message is ``timeout`` or ``crashed``."""


class ChildProcess:
    """A process ``python -m module`` with the protocol of ``shared.children.loop``. It exits when this process dies."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = asyncio.Lock()
        self._starting: asyncio.Task[asyncio.subprocess.Process] | None = None

    def start(self) -> asyncio.Task[asyncio.subprocess.Process]:
        """Start the process if none runs. An early call saves the first request the wait."""
        task = self._starting
        if task is None or (task.done() and (task.cancelled() or task.exception() or task.result().returncode is not None)):
            task = self._starting = asyncio.create_task(_start_process(self._module), name=f"start {self._module}")
        return task

    async def wait_ready(self, seconds: float) -> None:
        """Wait until the process accepts requests. Raises ChildError."""
        try:
            async with asyncio.timeout(seconds):
                await asyncio.shield(self.start())
        except TimeoutError:
            raise ChildError("timeout") from None
        except (asyncio.IncompleteReadError, OSError) as error:
            raise ChildError("crashed") from error

    async def request(self, body: bytes, seconds: float) -> bytes:
        """The answer to a request; ``seconds`` includes the wait for a process that is still starting.

        Raises:
            ChildError: there is none. A process that does not answer a request is killed; one that is still starting continues.
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
                if unanswered:  # a late answer must not become the answer to the next request
                    await self.close()

    async def close(self) -> None:
        """Kill the process."""
        task, self._starting = self._starting, None
        if task is None:
            return
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, asyncio.IncompleteReadError, OSError):  # it did not start
            await _kill(await task)


async def _start_process(module: str) -> asyncio.subprocess.Process:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={name: os.environ[name] for name in INHERITED if name in os.environ},
        start_new_session=True,  # Ctrl-C is for the parent; the child exits when its input ends
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            await _read(child)
    except BaseException:
        await _kill(child)
        raise
    return child


async def _kill(child: asyncio.subprocess.Process) -> None:
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
    if length > MAX_ANSWER:
        raise OSError(f"the child announces {length} bytes")
    return await child.stdout.readexactly(length)
