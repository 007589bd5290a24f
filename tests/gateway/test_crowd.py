"""Thousands of streams on one process: each gets every message, memory is bounded, and those who do not read harm nobody."""

from __future__ import annotations

import asyncio
import resource
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from services.gateway.adapters.open_files import allow_open_files
from tests.gateway.crowd_gateway import LIMITS, publish
from tests.gateway.running_gateway import running_gateway
from tests.gateway.test_stream import masked
from tests.until import until

UPGRADE = (
    b"GET /v1/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
PING = b"\x89\x00"
PONG = bytes((0x8A, 0x80, 0, 0, 0, 0))
KILOBYTE = 1024
MEGABYTE = KILOBYTE * KILOBYTE
Publish = Callable[[str, int], Awaitable[int]]


class Reader(asyncio.Protocol):
    """Subscribes to the signals of AAPL and counts what it gets."""

    def __init__(self) -> None:
        self.subscribed = False
        self.signals = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(UPGRADE + masked(b'{"action":"subscribe","signals":["AAPL"]}'))

    def data_received(self, data: bytes) -> None:
        if PING in data:
            self.transport.write(PONG)
        self.subscribed = self.subscribed or b'"T":"subscription"' in data
        self.signals += data.count(b'"T":"s"')


def all_have(readers: list[Reader], signals: int) -> bool:
    return all(each.signals == signals for each in readers)


async def crowd(port: int, publish: Publish, readers: int, slow: int) -> None:
    """Readers get each of 20 signals, while others who asked for more do not read and are closed."""
    loop = asyncio.get_running_loop()
    found = [(await loop.create_connection(Reader, "127.0.0.1", port))[1] for _ in range(readers)]
    with ExitStack() as stack:
        for _ in range(slow):
            plain = stack.enter_context(socket.socket())
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            plain.connect(("127.0.0.1", port))
            plain.sendall(UPGRADE + masked(b'{"action":"subscribe","signals":["*"]}'))

        async def all_open() -> bool:
            return await publish("JPM", 0) == readers + slow

        await until(lambda: all(each.subscribed for each in found), seconds=60, what="all readers to be subscribed")
        await until(all_open, seconds=60, what="all streams to be open")
        for n in range(1, 21):
            await publish("AAPL", 1)
            await until(partial(all_have, found, n), seconds=60, what=f"signal {n} at all readers")
            await publish("NVDA", 20)

        async def slow_closed() -> bool:
            return await publish("NVDA", 100) == readers

        await until(slow_closed, seconds=60, what="the others to be closed")
        await publish("AAPL", 1)
        await until(partial(all_have, found, 21), seconds=60, what="the last signal at all readers")
    for each in found:
        assert not each.transport.is_closing()
        each.transport.abort()


async def test_those_who_do_not_read_harm_nobody(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, **LIMITS) as server:
        published = 0

        async def publish_here(symbol: str, count: int) -> int:
            nonlocal published
            published += count
            return publish(server, symbol, count, published - count)

        await crowd(int(server.url.rsplit(":", 1)[1]), publish_here, readers=200, slow=5)


def test_as_many_files_may_be_open_as_streams() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (300, hard))
        assert allow_open_files(200) == 712
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (712, hard)
        assert allow_open_files(10) == 712, "it is never lowered"
        assert allow_open_files(2**40) == hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.thorough
async def test_five_thousand_streams_on_one_process(tmp_path: Path) -> None:
    """A stream takes less than 40 KB; what the 50 who do not read leave unsent is less than 100 MB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.gateway.crowd_gateway", str(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        port = int(await child.stdout.readline())
        memory = [resident(child.pid)]

        async def publish_there(symbol: str, count: int) -> int:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(f"{symbol} {count}\n".encode())
            opened = int(await child.stdout.readline())
            memory.append(resident(child.pid))
            return opened

        await crowd(port, publish_there, readers=5000, slow=50)
        opened = memory[1]
        print(f"{(opened - memory[0]) / 5050 / KILOBYTE:.1f} KB a stream, {(max(memory) - opened) / MEGABYTE:.0f} MB more at most")
        assert opened - memory[0] < 5050 * 40 * KILOBYTE
        assert max(memory) - opened < 100 * MEGABYTE
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        child.stdin.close()
        async with asyncio.timeout(60):
            assert await child.wait() == 0


def resident(pid: int) -> int:
    """Bytes of memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()
