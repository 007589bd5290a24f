"""A real database that goes away under a running gateway, refused or silent, and comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from infra.kafka.node import free_ports
from tests.databases import on_mariadb
from tests.gateway import market
from tests.gateway.running_gateway import create_key, read_directory, running_gateway
from tests.gateway.test_keys import bearer
from tests.until import until


class Between:
    """A port in front of the database, which can be cut or can fall silent."""

    def __init__(self, target: int, port: int) -> None:
        self.target, self.port, self.silent = target, port, False
        self.server: asyncio.Server | None = None
        self.links: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def cut(self) -> None:
        """Refuse new connections and end the open ones."""
        if self.server is not None:
            self.server.close()
        for link in list(self.links):
            link.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to_there = await asyncio.open_connection("127.0.0.1", self.target)
        self.links |= {writer, to_there}
        await asyncio.gather(self._pass(reader, to_there), self._pass(there, writer), return_exceptions=True)
        self.links -= {writer, to_there}

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            if not self.silent:
                sink.write(data)
                await sink.drain()
        sink.close()


@asynccontextmanager
async def between(url: str) -> AsyncIterator[tuple[Between, str]]:
    address = urlsplit(url)
    found = Between(address.port or 0, free_ports(1)[0])
    await found.open()
    try:
        yield found, url.replace(f":{address.port}/", f":{found.port}/")
    finally:
        await found.cut()


@on_mariadb
@pytest.mark.parametrize("silent", [False, True], ids=["refused", "silent"])
async def test_reads_of_memory_go_on_and_others_are_told(tmp_path: Path, database_url: str, silent: bool) -> None:
    async with between(database_url) as (cable, url), running_gateway(tmp_path, url=url, request_seconds=2.0) as server:
        await market.store(server.database, bars=600, signals=3)
        await read_directory(server)
        market.fill(server.gateway.market, first=300)
        headers = bearer(await create_key(server, "write"))
        stored = "/v1/bars?symbol=AAPL&start=2023-01-01&limit=50"
        limit = aiohttp.ClientTimeout(total=30)  # of one request, whose limit at the gateway is two seconds
        async with aiohttp.ClientSession(server.url, headers=headers, timeout=limit) as client:

            async def status(path: str) -> int:
                async with client.get(path) as response:
                    return response.status

            assert await status(stored) == 200
            assert await status("/v1/watchlist") == 200
            if silent:
                cable.silent = True
            else:
                await cable.cut()
            assert await status("/v1/quotes?symbols=AAPL") == 200
            assert await status("/v1/bars?symbol=AAPL&limit=10") == 200
            for path in ("/v1/bars?symbol=AAPL&start=2023-01-02&limit=51", "/v1/signals?symbol=AAPL", "/v1/watchlist"):
                async with client.get(path) as response:
                    assert response.status in ({503, 504} if silent else {503}), path
                    assert response.content_type == "application/problem+json"
            change = {"json": {"symbols": ["NVDA"]}, "headers": {"If-Match": "*"}}
            async with client.put("/v1/watchlist", **change) as response:  # type: ignore[arg-type]
                assert response.status in ({503, 504} if silent else {503})
            if silent:
                cable.silent = False
                await cable.cut()
            await cable.open()

            async def back() -> bool:
                return await status("/v1/signals?symbol=AAPL") == await status("/v1/watchlist") == 200

            await until(back, seconds=30, what="the database to be used again")
            async with client.put("/v1/watchlist", **change) as response:  # type: ignore[arg-type]
                assert response.status == 200
            async with client.get("/v1/watchlist") as response:
                assert [each["symbol"] for each in (await response.json())["results"]] == ["NVDA"]
