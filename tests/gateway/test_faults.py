"""What clients do wrong, by intent or not: each ends with an answer, and the gateway goes on."""

from __future__ import annotations

import asyncio
import zlib
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from shared.tables import instruments, watchlists
from tests.gateway.running_gateway import RunningGateway, create_key, running_gateway
from tests.gateway.test_keys import bearer

INJECTED = (
    "' OR 1=1 --",
    "AAPL'; DROP TABLE watchlists; --",
    '" OR ""="',
    "1) UNION SELECT secret_hash FROM api_keys --",
    "%' OR '%'='",
)


@pytest.mark.parametrize("text", INJECTED)
async def test_sql_in_a_string_is_text(server: RunningGateway, client: aiohttp.ClientSession, text: str) -> None:
    key = bearer(await create_key(server, "admin"))
    for path, name in (("/v1/instruments", "q"), ("/v1/news", "q"), ("/v1/bars", "symbol"), ("/v1/audit", "page_token")):
        async with client.get(path, params={name: text}, headers=key) as response:
            found = await response.text()
            assert response.status < 500, found
            assert "secret_hash" not in found.replace(text, "")
    body = {"name": text, "owner": text, "scopes": ["read"]}
    async with client.post("/v1/keys", json=body, headers=key) as response:
        assert response.status == 400
    async with client.put("/v1/watchlist", json={"symbols": [text]}, headers=key | {"If-Match": "*"}) as response:
        assert response.status == 400
    async with client.post("/v1/alerts", json={"condition": text}, headers=key | {"Idempotency-Key": "x"}) as response:
        assert response.status == 422
    async with client.delete(f"/v1/keys/{text.replace('%', '%25')}", headers=key) as response:
        assert response.status == 404
    async with server.database.connect() as connection:
        assert (await connection.execute(select(func.count()).select_from(instruments))).scalar_one() > 0
        assert (await connection.execute(select(func.count()).select_from(watchlists))).scalar_one() == 0


async def test_a_body_that_never_ends_times_out(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, request_seconds=0.2) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rsplit(":", 1)[1]))
        writer.write(b"POST /v1/conditions/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{")
        async with asyncio.timeout(10):
            head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        assert head.startswith(b"HTTP/1.1 504 ")
        async with aiohttp.ClientSession(server.url) as client, client.get("/v1/industries") as response:
            assert response.status == 200


async def test_a_body_that_unpacks_to_too_much_is_refused(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    packed = zlib.compress(b" " * 50_000_000, 9)
    headers = {"Content-Encoding": "deflate", "Content-Type": "application/json"}
    async with client.post("/v1/conditions/check", data=packed, headers=headers) as response:
        assert response.status in {400, 413}
        assert response.content_type == "application/problem+json"


async def test_a_client_that_leaves_in_the_middle_of_a_query_harms_nobody(server: RunningGateway) -> None:
    began, ended = asyncio.Event(), asyncio.Event()
    before = server.gateway.history

    class Slow:
        async def signals(self, _: object) -> object:
            began.set()
            try:
                return await asyncio.Event().wait()
            finally:
                ended.set()

    server.gateway.history = Slow()  # type: ignore[assignment]
    async with aiohttp.ClientSession(server.url) as client:
        asked = asyncio.create_task(client.get("/v1/signals"))
        async with asyncio.timeout(10):
            await began.wait()
            asked.cancel()
            await ended.wait()
        server.gateway.history = before
        async with client.get("/v1/signals") as response:
            assert response.status == 200
