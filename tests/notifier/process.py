"""The notifier as a child process, and signals for it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from shared.events import Signal
from shared.kafka import open_producer
from shared.settings import MeshSettings
from shared.topics import SIGNALS
from tests.preloading.process import Process
from tests.until import until


class Notifier:
    """A notifier process; its output is in ``log``."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._environment, self.log = dict(environment), log
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start it; returns before it is ready."""
        self._process = await asyncio.to_thread(Process, ("services.notifier",), self._environment, self.log)

    async def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.ended()

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        return await self._process.ended()

    async def ready(self) -> None:
        """Wait until /readyz returns 200."""
        url = f"http://127.0.0.1:{self._environment['PROBE_PORT']}/readyz"
        async with aiohttp.ClientSession() as http:

            async def is_ready() -> bool:
                try:
                    async with http.get(url) as response:
                        return response.status == 200
                except aiohttp.ClientError:
                    return False

            await until(is_ready, 60, "the notifier to be ready")

    async def metrics(self) -> str:
        """The content of /metrics."""
        url = f"http://127.0.0.1:{self._environment['PROBE_PORT']}/metrics"
        async with aiohttp.ClientSession() as http, http.get(url) as response:
            return await response.text()


def environment(bootstrap: str, database_url: str, group: str, port: int, var: Path, **more: str) -> dict[str, str]:
    """The environment of one test's notifier, without the machine's own settings."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    fields = {
        "KAFKA_BOOTSTRAP": bootstrap,
        "DATABASE_URL": database_url,
        "NOTIFIER_GROUP": group,
        "PROBE_PORT": str(port),
        "VAR": str(var),
        "KAFKA_SESSION_MS": "6000",
        "LEASE_SECONDS": "4",
        "RESERVE_SECONDS": "3",
        "SEND_TIMEOUT": "2",
        "RATE_OVERALL": "1000",
        "RATE_CHAT": "5",
    }
    return keep | fields | more


@asynccontextmanager
async def running(notifier: Notifier) -> AsyncIterator[Notifier]:
    """Start it; kill it at the end if it still runs."""
    await notifier.start()
    try:
        yield notifier
    finally:
        await notifier.kill()


async def publish(bootstrap: str, signals: Sequence[Signal]) -> None:
    """Publish signals on their topic."""
    settings = MeshSettings(kafka_bootstrap=bootstrap)
    async with open_producer(settings, "test") as producer:
        await producer.publish_many(SIGNALS, [(found.symbol, found) for found in signals])
