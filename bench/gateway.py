"""The gateway compared with other servers: ``python -m bench.gateway``. Ratios are of CPU time per request."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import uvloop
from sqlalchemy import insert

from bench.gateway_servers import BARS, CLIENTS, RATE, bars
from bench.load import Load, cpu_of, generate_load
from bench.result import BenchmarkResult
from infra.kafka.node import free_ports
from shared import tables
from shared.db import open_database

ROUNDS: Final = 5
SECONDS: Final = 2.0
CACHED: Final = [f"/v1/bars?symbol=AAPL&timeframe=1Day&limit={BARS}"]
FRESH: Final = [
    f"/v1/bars?symbol=AAPL&timeframe=1Day&limit={BARS}&end=2100-01-01T00:{n // 60 % 60:02d}:{n % 60:02d}.{n:04d}Z"
    for n in range(9000)
]


@asynccontextmanager
async def server(name: str, database: str) -> AsyncIterator[tuple[int, int]]:
    """Start one of the servers; yields its port and process id."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "bench.gateway_servers", name, str(port), database]
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
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
                found[name].append(await generate_load(port, pid, paths, SECONDS))
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
        ">= 80 % of raw aiohttp",
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
        for writer in sockets:
            writer.close()
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


async def open_listener(port: int, count: list[int], ages: list[float] | None) -> asyncio.StreamWriter:
    """Open a WebSocket that counts messages; with ``ages`` it also records the age of each message."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(
        b"GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    subscription = b'{"action":"subscribe","signals":["*"]}'
    writer.write(bytes((0x81, 0x80 | len(subscription), 0, 0, 0, 0)) + subscription)

    async def read() -> None:
        while True:
            head = await reader.readexactly(2)
            size = int.from_bytes(await reader.readexactly(2), "big") if head[1] == 126 else head[1]
            body = await reader.readexactly(size)
            if b'"T":"s"' in body[:12]:
                count[0] += body.count(b'"T":"s"')
                if ages is not None:
                    now = time.time()
                    ages.extend(now - message["evidence"]["made"] for message in msgspec.json.decode(body))

    task = asyncio.create_task(read())
    READERS.add(task)
    task.add_done_callback(_remove_reader)
    return writer


READERS: Final[set[asyncio.Task[None]]] = set()


def _remove_reader(task: asyncio.Task[None]) -> None:
    READERS.discard(task)
    if not task.cancelled():
        task.exception()  # retrieve it, or asyncio logs it


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
        return [await cached(url), await uncached(url), await fan_out(url)]


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
