"""The gateway compared with other servers: ``python -m bench.gateway``. Ratios are of CPU time per request."""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

import uvloop
from sqlalchemy import insert

from bench.gateway_servers import BARS, CLIENTS, CROWD, CROWD_RATE, RATE, bars
from bench.load import Load, cpu_of, generate_load, memory_of
from bench.result import BenchmarkResult
from infra.kafka.node import free_ports
from services.gateway.adapters.open_files import allow_open_files
from services.gateway.adapters.shared_counts import create_counts
from shared import tables
from shared.db import open_database

ROUNDS: Final = 5
SECONDS: Final = 2.0
START_SECONDS: Final = 3.0
"""Within them a server that listens has read what it needs."""
OPEN_SECONDS: Final = 60
CACHED: Final = [f"/v1/bars?symbol=AAPL&timeframe=1Day&limit={BARS}"]
UPGRADE: Final = (
    b"GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
PING: Final = b"\x89\x00"
PONG: Final = bytes((0x8A, 0x80, 0, 0, 0, 0))
MADE: Final = re.compile(rb'"made":([0-9.]+)')
FRESH: Final = [
    f"/v1/bars?symbol=AAPL&timeframe=1Day&limit={BARS}&end=2100-01-01T00:{n // 60 % 60:02d}:{n % 60:02d}.{n:04d}Z"
    for n in range(9000)
]


@asynccontextmanager
async def server(
    name: str, database: str, port: int = 0, environment: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[tuple[int, int]]:
    """Start one of the servers; yields its port and process id."""
    port = port or free_ports(1)[0]
    command = [sys.executable, "-m", "bench.gateway_servers", name, str(port), database]
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL, env=os.environ | environment)
    try:
        for _ in range(300):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                break
        yield port, child.pid
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def compare(names: dict[str, list[str]], database: str) -> dict[str, Load]:
    """Measure the servers in alternating rounds, so that other load affects all equally; returns the median round of each."""
    found: dict[str, list[Load]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        for name, paths in names.items():
            async with server(name, database) as (port, pid):
                found[name].append(await generate_load(port, [pid], paths, SECONDS))
    return {name: sorted(loads, key=lambda load: load.cpu)[len(loads) // 2] for name, loads in found.items()}


async def cached(database: str) -> BenchmarkResult:
    """250 bars as JSON from the cache."""
    loads = await compare({"raw": CACHED, "ours": CACHED, "encoding": CACHED, "fastapi": CACHED}, database)
    share = loads["raw"].cpu / loads["ours"].cpu
    return BenchmarkResult(
        f"cached read of {BARS} bars, 64 connections",
        load_cell(loads["ours"]),
        ", ".join(f"{name} {load_cell(load)}" for name, load in loads.items() if name != "ours"),
        f"{share:.0%} of raw aiohttp, {loads['fastapi'].cpu / loads['ours'].cpu:.1f} x FastAPI",
        ">= 100 % of raw aiohttp",
    )


async def several(database: str) -> BenchmarkResult:
    """The cached read from one process and from two that share a port. The load comes from a third process."""
    found = {}
    for count in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            create_counts(Path(folder) / "counts", count, time.monotonic())
            shared = {"GATEWAY_COUNTS": f"{folder}/counts", "GATEWAY_PROCESSES": str(count)}
            async with AsyncExitStack() as stack:
                (port,) = free_ports(1)
                pids = []
                for number in range(count):
                    own = shared | {"GATEWAY_PROCESS": str(number)}
                    pids.append((await stack.enter_async_context(server("ours", database, port, own)))[1])
                await asyncio.sleep(START_SECONDS)
                found[count] = await generate_load(port, pids, CACHED, SECONDS)
    return BenchmarkResult(
        "the same with GATEWAY_PROCESSES=2",
        load_cell(found[2]),
        f"1 process that counts in the shared file {load_cell(found[1])}",
        f"{found[2].per_second / found[1].per_second:.2f} x the answers, {found[1].cpu / found[2].cpu:.0%} as many per CPU second",
        "",
    )


async def uncached(database: str) -> BenchmarkResult:
    """250 bars from the database, no two requests the same."""
    loads = await compare({"driver": FRESH, "empty": FRESH}, database)
    ours = loads["empty"]
    return BenchmarkResult(
        f"uncached read of {BARS} bars (SQLite)",
        load_cell(ours),
        f"bare driver {load_cell(loads['driver'])}",
        f"{loads['driver'].cpu / ours.cpu:.0%} of the bare driver",
        ">= 1,000/s where the driver does 1,226/s: 82 %",
    )


async def fan_out(database: str, seconds: float = 8.0) -> BenchmarkResult:
    """One stream of messages to 500 WebSockets."""
    ages: list[float] = []
    async with server("ours", database) as (port, pid):
        count = [0]
        watched = {0, CLIENTS // 2, CLIENTS - 1}
        sockets = [await open_listener(port, count, ages if n in watched else None) for n in range(CLIENTS)]
        await asyncio.sleep(1.0)
        ages.clear()
        before, began, first = cpu_of(pid), time.perf_counter(), count[0]
        await asyncio.sleep(seconds)
        cpu, took, frames = cpu_of(pid) - before, time.perf_counter() - began, count[0] - first
        for socket in sockets:
            socket.abort()
    ages.sort()
    each = cpu / max(frames, 1) * 1e6
    p99 = ages[int(len(ages) * 0.99)] * 1000 if ages else float("nan")
    return BenchmarkResult(
        f"WebSocket 1 -> {CLIENTS} at {RATE} messages/s",
        f"{each:.1f} us CPU a delivery, p50 {statistics.median(ages or [0.0]) * 1000:.0f} ms, p99 {p99:.0f} ms",
        f"{frames / took:,.0f} deliveries/s",
        "",
        "<= 13 us, p99 < 25 ms (a flush every 20 ms is in it)",
    )


async def crowd(database: str, seconds: float = 8.0) -> BenchmarkResult:
    """Many WebSockets on one process, with few messages."""
    allow_open_files(CROWD)
    async with server("crowd", database) as (port, pid):
        await asyncio.sleep(START_SECONDS)
        count, first = [0], memory_of(pid)
        sockets: list[asyncio.Transport] = []
        while len(sockets) < CROWD:
            sockets += await asyncio.gather(*(open_listener(port, count, None) for _ in range(100)))
        for _ in range(OPEN_SECONDS):
            await asyncio.sleep(1.0)
            if count[0]:
                break
        opened, before, sent = memory_of(pid), cpu_of(pid), count[0]
        await asyncio.sleep(seconds)
        cpu, more = cpu_of(pid) - before, memory_of(pid) - opened
        for socket in sockets:
            socket.abort()
    each = cpu / max(count[0] - sent, 1) * 1e6
    return BenchmarkResult(
        f"{CROWD:,} WebSockets on one process at {CROWD_RATE} messages/s",
        f"{(opened - first) / CROWD / 1024:.0f} KB a socket, {each:.1f} us CPU a delivery, "
        f"{more / 1024**2:+.1f} MB in {seconds:.0f} s",
        "",
        "",
        "bounded memory",
    )


class Listener(asyncio.Protocol):
    """A WebSocket that counts messages and, where it is watched, notes the age of each."""

    def __init__(self, count: list[int], ages: list[float] | None) -> None:
        self._count = count
        self._ages = ages

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        subscription = b'{"action":"subscribe","signals":["*"]}'
        self.transport.write(UPGRADE + bytes((0x81, 0x80 | len(subscription), 0, 0, 0, 0)) + subscription)

    def data_received(self, data: bytes) -> None:
        if PING in data:
            self.transport.write(PONG)
        self._count[0] += data.count(b'"T":"s"')
        if self._ages is not None:
            now = time.time()
            self._ages.extend(now - float(made) for made in MADE.findall(data))


async def open_listener(port: int, count: list[int], ages: list[float] | None) -> asyncio.Transport:
    """Open a WebSocket that subscribes to all signals."""
    loop = asyncio.get_running_loop()
    _, listener = await loop.create_connection(lambda: Listener(count, ages), "127.0.0.1", port)
    return listener.transport


def load_cell(load: Load) -> str:
    """Requests per second, CPU time of the server per request, and the 99th percentile."""
    return f"{load.per_second:,.0f}/s ({load.cpu * 1e6:.0f} us CPU, p99 {load.p99 * 1000:.1f} ms)"


async def measure_all() -> list[BenchmarkResult]:
    """All comparisons, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        async with open_database(url) as database:
            async with database.engine.begin() as connection:
                await connection.run_sync(tables.metadata.create_all)
            async with database.begin() as connection:
                await connection.execute(insert(tables.bars), [table_row(event) for event in bars(2500)])
        return [await each(url) for each in (cached, several, uncached, fan_out, crowd)]


def table_row(event: Any) -> dict[str, Any]:
    """A bar as a row of its table."""
    names = [column.name for column in tables.bars.columns if column.name not in ("timeframe", "ts_close")]
    return {name: getattr(event, name) for name in names} | {"timeframe": event.timeframe.value, "ts_close": event.ts_event}


def rows() -> list[BenchmarkResult]:
    """All comparisons of the gateway."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measure_all())


if __name__ == "__main__":
    for row in rows():
        print(row)  # noqa: T201 - its purpose
