"""A light HTTP and WebSocket load: bare protocols on uvloop, so that the server and not the client is measured."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

CONNECTIONS: Final = 64


@dataclass(frozen=True)
class Load:
    """What a server did."""

    per_second: float
    p50: float
    """Seconds."""
    p99: float
    cpu: float
    """CPU seconds of the server a request: holds though others use the machine too."""


@dataclass
class Client(asyncio.Protocol):
    """One keep-alive connection that asks again as soon as it is answered."""

    requests: Iterator[bytes]
    times: list[float]
    transport: asyncio.WriteTransport | None = None
    asked: float = 0.0
    left: int = -1
    buffer: bytes = b""
    failed: list[bytes] = field(default_factory=list)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)
        self._ask()

    def _ask(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.asked = time.perf_counter()
            self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        if self.left < 0:
            self.buffer += data
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            if not head.startswith(b"http/1.1 200"):
                self.failed.append(self.buffer[:500])
            at = head.index(b"content-length:") + 15
            self.left = int(head[at : head.find(b"\r\n", at) if b"\r\n" in head[at:] else None]) - (len(self.buffer) - end - 4)
            self.buffer = b""
        else:
            self.left -= len(data)
        if self.left == 0:
            self.left = -1
            self.times.append(time.perf_counter() - self.asked)
            self._ask()


def cpu_of(pid: int) -> float:
    """CPU seconds that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def hammer(port: int, pid: int, paths: list[str], seconds: float) -> Load:
    """Ask for the paths in turn on 64 connections.

    Raises:
        RuntimeError: an answer was not 200.
    """
    turns = itertools.cycle([f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for path in paths])
    times: list[float] = []
    loop = asyncio.get_running_loop()
    clients = [(await loop.create_connection(lambda: Client(turns, times), "127.0.0.1", port))[1] for _ in range(CONNECTIONS)]
    await asyncio.sleep(0.3)
    times.clear()
    before, began = cpu_of(pid), time.perf_counter()
    await asyncio.sleep(seconds)
    took, cpu = time.perf_counter() - began, cpu_of(pid) - before
    found = sorted(times)
    for client in clients:
        if client.transport is not None:
            client.transport.abort()
    if bad := [text for client in clients for text in client.failed]:
        raise RuntimeError(f"{len(bad)} answers were not 200: {bad[0]!r}")
    return Load(len(found) / took, found[len(found) // 2], found[int(len(found) * 0.99)], cpu / len(found))
