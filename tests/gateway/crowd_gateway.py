"""A gateway in a process of its own: ``python -m tests.gateway.crowd_gateway FOLDER``. It does what its standard input says.

A line of input is a symbol and a count: so many signals are published. The answer is the number of open streams.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import uvloop

from shared import logs
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway, running_gateway

LIMITS: dict[str, Any] = {"max_readers": 6000, "max_readers_per_address": 6000, "unsent_limit": 100, "socket_buffer": 16_384}


def publish(server: RunningGateway, symbol: str, count: int, first: int) -> int:
    """Publish signals, those of NVDA with 10 KB of evidence; returns how many streams are open."""
    evidence = {f"value {n}": 1.0 for n in range(600)} if symbol == "NVDA" else {"close": 1.0}
    for n in range(first, first + count):
        server.feed.handle_event(market.signal(symbol, n, evidence=evidence))
    return len(server.gateway.hub.subscribers)


async def main(folder: Path) -> None:
    logs.configure("crowd", "test", "error")
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with running_gateway(folder, **LIMITS) as server:
        print(server.url.rsplit(":", 1)[1], flush=True)
        published = 0
        while line := await reader.readline():
            symbol, count = line.decode().split()
            print(publish(server, symbol, int(count), published), flush=True)
            published += int(count)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(Path(sys.argv[1])))
