"""One of several gateway processes: started again when it ends, ended when it does not answer, and asked how it is."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import aiohttp
import structlog

from shared.backoff import Backoff
from shared.waiting import pause

log: Final = structlog.get_logger("gateway.processes")
PROBE_SECONDS: Final = 1.0
"""How often it is asked."""
ANSWER_SECONDS: Final = 5.0
SILENT_SECONDS: Final = 60.0
"""A process that has not answered for so long is killed."""
STEADY_SECONDS: Final = 60.0
"""One that has run for so long is started again at once."""
MOST_METRICS: Final = 8 * 1024 * 1024


@dataclass
class GatewayProcess:
    """``python -m services.gateway`` with a number."""

    number: int
    environment: Mapping[str, str]
    stop_seconds: float
    """How long it may take to stop before it is killed."""
    pid: int | None = None
    starts: int = 0
    ready: bool = False
    metrics: bytes = b""

    def __post_init__(self) -> None:
        self._backoff = Backoff(random.Random())  # noqa: S311 - jitter
        self._answered = 0.0
        self._address = ""

    async def run(self, stopping: asyncio.Event) -> None:
        """Keep one process running until ``stopping``, then stop it."""
        loop = asyncio.get_running_loop()
        while not stopping.is_set():
            started = loop.time()
            try:
                code = await self._run_once(stopping)
            except OSError as error:  # no memory or too many processes, for a while: the other processes go on
                log.warning("a gateway process cannot be started, trying again", process=self.number, error=str(error))
            else:
                if stopping.is_set():
                    return
                log.error("a gateway process ended and is started again", process=self.number, exit_code=code)
            if loop.time() - started > STEADY_SECONDS:
                self._backoff.reset()
            await pause(self._backoff.next(), stopping)

    async def _run_once(self, stopping: asyncio.Event) -> int:
        port = _free_port()
        own = {"GATEWAY_PROCESS": str(self.number), "PROBE_HOST": "127.0.0.1", "PROBE_PORT": str(port)}
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.gateway",
            env=os.environ | self.environment | own,
            start_new_session=True,  # Ctrl-C is for this process, which then stops its children
        )
        self.starts += 1
        self.pid, self._address, self._answered = child.pid, f"http://127.0.0.1:{port}", asyncio.get_running_loop().time()
        probing = asyncio.create_task(self._probe(child), name=f"probes of process {self.number}")
        stop = asyncio.create_task(stopping.wait(), name=f"stop of process {self.number}")
        ended = asyncio.create_task(child.wait(), name=f"end of process {self.number}")
        try:
            await asyncio.wait({stop, ended, probing}, return_when=asyncio.FIRST_COMPLETED)
            if probing.done():
                probing.result()
            if not ended.done():
                child.send_signal(signal.SIGTERM)
                await asyncio.wait({ended}, timeout=self.stop_seconds)
            return child.returncode or 0
        finally:
            self.ready, self.pid, self.metrics = False, None, b""
            for task in (probing, stop, ended):
                task.cancel()
            if child.returncode is None:
                child.kill()
                await child.wait()

    async def _probe(self, child: asyncio.subprocess.Process) -> None:
        """Ask every second; kill a process that does not answer."""
        loop = asyncio.get_running_loop()
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(self._address, timeout=timeout) as session:
            while True:
                await asyncio.sleep(PROBE_SECONDS)
                try:
                    async with session.get("/readyz") as response:
                        self.ready = response.status == 200
                    async with session.get("/metrics") as response:
                        self.metrics = await _whole(response.content)
                    self._answered = loop.time()
                except (aiohttp.ClientError, TimeoutError):
                    self.ready = False
                if loop.time() - self._answered > SILENT_SECONDS:
                    log.error("a gateway process does not answer and is killed", process=self.number)
                    with suppress(ProcessLookupError):
                        child.kill()
                    return


async def _whole(body: aiohttp.StreamReader) -> bytes:
    """All of an answer, however many parts it comes in; nothing where it is too large, since a part of it cannot be read."""
    found = bytearray()
    async for part in body.iter_any():
        found += part
        if len(found) > MOST_METRICS:
            return b""
    return bytes(found)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
