"""What clients do wrong, by intent or not: each ends with an answer, and the gateway goes on."""

from __future__ import annotations

import asyncio
import zlib
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from shared.failures import TransientError
from shared.tables import instruments, watchlists
from tests.gateway.running_gateway import RunningGateway, create_key, running_gateway
from tests.gateway.test_keys import bearer
from tests.until import until

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
        async with aiohttp.ClientSession(server.url) as client:

            async def answered() -> bool:
                async with client.get("/v1/industries") as response:
                    return response.status == 200

            await until(answered, what="an answer: one that takes longer than request_seconds is a 504 too")


async def test_a_head_that_never_ends_closes_the_connection(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, idle_seconds=0.3) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rsplit(":", 1)[1]))
        writer.write(b"GET /v1/industries HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        reading = asyncio.create_task(reader.read())
        async with asyncio.timeout(10):
            while not reading.done():  # a byte now and then does not count as a request
                writer.write(b"a")
                await asyncio.wait([reading], timeout=0.05)
        (closed,) = await asyncio.gather(reading, return_exceptions=True)
        assert closed == b"" or isinstance(closed, ConnectionResetError), "a byte on its way at the close makes it a reset"
        writer.close()
        async with aiohttp.ClientSession(server.url) as client, client.get("/v1/industries") as response:
            assert response.status == 200


@pytest.mark.parametrize(
    "nested", [b"[" * 50_000 + b"]" * 50_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000], ids=["arrays", "objects"]
)
async def test_deep_json_is_refused(tmp_path: Path, nested: bytes) -> None:
    async with running_gateway(tmp_path, max_body=1_000_000) as server, aiohttp.ClientSession(server.url) as client:
        for path in ("/v1/conditions/check", "/v1/screener", "/v1/research/backtests"):
            for body in (nested, b'{"condition": "close > 1 on 1d", "more": %b}' % nested):
                async with client.post(path, data=body, headers={"Content-Type": "application/json"}) as response:
                    found = await response.json(content_type=None)
                    assert response.status == 400, (path, found)
        async with client.ws_connect("/v1/stream") as stream:
            await stream.receive_json()
            for text in (nested, b'{"action":"subscribe","quotes":%b}' % nested):
                await stream.send_bytes(text[:60_000])
                assert (await stream.receive_json())[0]["code"] == 400


async def test_thousands_of_selectors_are_refused_and_the_stream_goes_on(
    server: RunningGateway, client: aiohttp.ClientSession
) -> None:
    async with client.ws_connect("/v1/stream") as stream:
        await stream.receive_json()
        for count in (1001, 6000):
            await stream.send_json({"action": "subscribe", "quotes": [f"S{n}" for n in range(count)]})
            assert (await stream.receive_json())[0]["code"] in {400, 405}
        every = {channel: ["*", "AAPL", "NVDA"] for channel in ("quotes", "bars", "signals", "patterns")}
        for _ in range(50):
            await stream.send_json({"action": "subscribe", **every})
            assert len((await stream.receive_json())[0]["quotes"]) == 3
        assert sum(map(len, server.gateway.hub.index.values())) == 12, "a repeated selector is counted once"


async def test_without_the_database_reads_of_memory_go_on_and_others_are_told(
    server: RunningGateway, client: aiohttp.ClientSession
) -> None:
    class Gone:
        def __getattr__(self, name: str) -> object:
            async def read(*_: object, **__: object) -> object:
                raise TransientError("the database does not answer")

            return read

    server.gateway.history = Gone()  # type: ignore[assignment]
    server.gateway.past = Gone()  # type: ignore[assignment]
    for path in ("/v1/quotes?symbols=AAPL", "/v1/bars?symbol=AAPL&limit=10", "/v1/indicators?symbol=AAPL&limit=10"):
        async with client.get(path) as response:
            assert (response.status, len((await response.json())["results"])) in {(200, 1), (200, 10)}, path
    for path in ("/v1/bars?symbol=AAPL&start=2023-01-01", "/v1/bars?symbol=AAPL&as_of=2023-02-01", "/v1/signals?symbol=AAPL"):
        async with client.get(path) as response:
            assert (response.status, response.content_type) == (503, "application/problem+json"), path
            assert int(response.headers["Retry-After"]) > 0


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
