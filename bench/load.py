"""A load generator for HTTP with little overhead: plain asyncio protocols on uvloop."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

CONNECTIONS: Final = 64


@dataclass(frozen=True)
class Load:
    """The performance of a server under load."""

    per_second: float
    p50: float
    """Seconds."""
    p99: float
    cpu: float
    """CPU seconds of the server per request; other load on the machine hardly changes it."""


@dataclass
class Client(asyncio.Protocol):
    """A keep-alive connection that sends the next request after each response."""

    requests: Iterator[bytes]
    times: list[float]
    transport: asyncio.WriteTransport | None = None
    sent_at: float = 0.0
    remaining: int = -1
    buffer: bytes = b""
    failed: list[bytes] = field(default_factory=list)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)
        self._send()

    def _send(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.sent_at = time.perf_counter()
            self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        if self.remaining < 0:
            self.buffer += data
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            if not head.startswith(b"http/1.1 200"):
                self.failed.append(self.buffer[:500])
            at = head.index(b"content-length:") + 15
            self.remaining = int(head[at : head.find(b"\r\n", at) if b"\r\n" in head[at:] else None]) - (len(self.buffer) - end - 4)
            self.buffer = b""
        else:
            self.remaining -= len(data)
        if self.remaining == 0:
            self.remaining = -1
            self.times.append(time.perf_counter() - self.sent_at)
            self._send()


def cpu_of(pid: int) -> float:
    """CPU seconds that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> int:
    """Bytes of memory that a process has now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def generate_load(port: int, pids: Sequence[int], paths: list[str], seconds: float) -> Load:
    """Request the paths in turn on 64 connections to a server of one or several processes.

    Raises:
        RuntimeError: the status of a response was not 200.
    """
    requests = itertools.cycle([f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for path in paths])
    times: list[float] = []
    loop = asyncio.get_running_loop()
    clients = [(await loop.create_connection(lambda: Client(requests, times), "127.0.0.1", port))[1] for _ in range(CONNECTIONS)]
    await asyncio.sleep(0.3)
    times.clear()
    before, began = sum(map(cpu_of, pids)), time.perf_counter()
    await asyncio.sleep(seconds)
    took, cpu = time.perf_counter() - began, sum(map(cpu_of, pids)) - before
    found = sorted(times)
    for client in clients:
        if client.transport is not None:
            client.transport.abort()
    if bad := [text for client in clients for text in client.failed]:
        raise RuntimeError(f"{len(bad)} responses were not 200: {bad[0]!r}")
    return Load(len(found) / took, found[len(found) // 2], found[int(len(found) * 0.99)], cpu / len(found))
