"""The Python client against a real gateway: pages, problems, changes, and a stream that breaks."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from finstage_client import Client, ProblemError, StreamError

from infra.clients.__main__ import ROOT, main
from tests.gateway import market
from tests.gateway.news import story
from tests.gateway.running_gateway import RunningGateway, create_key, read_directory, running_gateway
from tests.until import until

EXAMPLE = ROOT / "clients" / "python" / "example.py"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningGateway]:
    async with running_gateway(tmp_path) as gateway:
        await market.store(gateway.database, bars=300, signals=30)
        await read_directory(gateway)
        market.fill(gateway.gateway.market, first=0)
        yield gateway


def test_the_generated_modules_are_current() -> None:
    assert main(["--check"]) == 0, "make docs"


async def test_every_page_is_read_and_problems_are_raised(server: RunningGateway) -> None:
    async with Client(server.url) as client:
        closes = [bar["close"] async for bar in client.pages(client.bars, "AAPL", start="2023-01-01", limit=70)]
        assert closes == [market.bar("AAPL", n).close for n in range(300)]
        with pytest.raises(ProblemError) as refused:
            await client.bars("NOPE")
        assert (refused.value.type, refused.value.status) == ("urn:finstage:problem:unknown-symbol", 404)
        with pytest.raises(ProblemError) as nobody:
            await client.watchlist()
        assert nobody.value.status == 401


async def test_a_state_is_changed_by_its_etag_and_an_alert_is_added_once(server: RunningGateway) -> None:
    async with Client(server.url, await create_key(server, "write")) as client:
        await client.watchlist()
        await client.put_watchlist({"symbols": ["AAPL"]}, client.etags["/v1/watchlist"])
        with pytest.raises(ProblemError) as changed:
            await client.put_watchlist({"symbols": []}, '"old"')
        assert changed.value.status == 412
        for _ in range(2):
            added = await client.post_alerts({"condition": "rsi_14 < 30 on 1d", "symbols": ["AAPL"]}, idempotency_key="once")
            assert added["results"][0]["number"] == 1
        await client.delete_alerts_by_number("1")
        assert (await client.alerts())["results"] == []


async def test_a_refused_request_is_sent_again_when_it_may_be() -> None:
    asked = itertools.count()

    async def answer(_: web.Request) -> web.Response:
        if next(asked) < 2:
            return web.json_response({"status": 503, "type": "x"}, status=503, headers={"Retry-After": "0"})
        return web.json_response({"results": [], "next_page_token": None})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with Client(f"http://127.0.0.1:{runner.addresses[0][1]}") as client:
            assert (await client.quotes())["results"] == []
            assert next(asked) == 3
        asked = itertools.count()
        async with Client(f"http://127.0.0.1:{runner.addresses[0][1]}") as client:
            with pytest.raises(ProblemError):
                await client.post_alerts({"condition": "close > 1"})
            assert next(asked) == 1, "it may have been done: only with an idempotency key it is sent again"
    finally:
        await runner.cleanup()


async def test_the_stream_connects_again_and_delivers_each_message_once(server: RunningGateway) -> None:
    seen: list[str] = []

    def publish(n: int) -> None:
        server.feed.handle_event(market.signal("AAPL", n))

    async with Client(server.url, await create_key(server, "read")) as client:
        stream = client.stream(signals=["*"])

        async def follow() -> None:
            async for message in stream:
                seen.append(message["id"])  # noqa: PERF401 - it never ends

        following = asyncio.create_task(follow())
        await until(lambda: server.gateway.hub.is_subscribed("s"), what="the subscription")
        expected = [market.signal("AAPL", n).id for n in range(1000, 1009)]
        for n in range(1000, 1003):
            publish(n)
        await until(lambda: len(seen) == 3)
        for connection in list(server.streams.live.sockets.values()):
            connection.transport.abort()
        await until(lambda: not server.gateway.hub.is_subscribed("s"), what="the break")
        for n in range(1003, 1006):
            publish(n)
        await until(lambda: len(seen) == 6, what="what was missed")
        for n in range(1006, 1009):
            publish(n)
        await until(lambda: len(seen) == 9)
        assert (seen, stream.gaps) == (expected, 0)
        following.cancel()
        later = client.stream(signals=["*"])
        later.cursor = 1

        async def first() -> str:
            return str((await anext(aiter(later)))["id"])

        waiting = asyncio.create_task(first())
        await until(lambda: later.gaps == 1, what="the answer that it cannot resume from there")
        publish(2000)
        async with asyncio.timeout(10):
            assert await waiting == market.signal("AAPL", 2000).id


async def test_revisions_are_delivered_and_what_another_process_sends_again_is_not(server: RunningGateway) -> None:
    seen: list[tuple[str, object]] = []
    bar = b'{"symbol":"AAPL","timeframe":"1Day","date":"2030-01-0%dT21:00:00Z"}'
    async with Client(server.url) as client:
        stream = client.stream(news=["*"], bars=["*"])

        async def follow() -> None:
            async for message in stream:
                seen.append((message["T"], message.get("revision", message.get("date"))))  # noqa: PERF401 - it never ends

        following = asyncio.create_task(follow())
        await until(lambda: server.gateway.hub.is_subscribed("n"), what="the subscription")
        for revision in (1, 2):
            server.feed.handle_event(story(1, revision=revision))
        for day in (1, 1, 2):  # the same bar with another number, as another process sends it
            server.gateway.hub.publish("b", "AAPL", bar % day)
        wanted = [("n", 1), ("n", 2), ("b", "2030-01-01T21:00:00Z"), ("b", "2030-01-02T21:00:00Z")]
        await until(lambda: len(seen) >= len(wanted), what="the messages")
        assert seen == wanted
        following.cancel()


async def test_a_subscription_that_is_refused_raises(server: RunningGateway) -> None:
    async with Client(server.url) as client:
        with pytest.raises(StreamError, match="there is no instrument 'NOPE'"):
            await anext(aiter(client.stream(quotes=["NOPE"])))


async def test_the_example_program_runs(server: RunningGateway) -> None:
    server.gateway.test_hub.publish("q", "FAKE", b'{"symbol":"FAKE"}')
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(EXAMPLE), server.url, "AAPL", "2",
        env=os.environ | {"PYTHONPATH": str(EXAMPLE.parent)}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    await until(lambda: server.gateway.test_hub.is_subscribed("q"), 30, "the example to subscribe")
    server.gateway.test_hub.publish("q", "FAKE", b'{"symbol":"FAKE"}')
    server.gateway.test_hub.publish("s", "FAKE", b'{"symbol":"FAKE","id":"1"}')
    output, errors = await child.communicate()
    assert child.returncode == 0, errors.decode()
    lines = output.decode().splitlines()
    assert (len(lines), lines[5:]) == (8, ["screened 2", "q FAKE", "s FAKE"])


async def test_the_client_is_closed_with_its_block(server: RunningGateway) -> None:
    client = Client(server.url)
    with pytest.raises(RuntimeError, match="async with"):
        await client.quotes()
    async with client:
        assert (await client.quotes(symbols="AAPL"))["results"][0]["symbol"] == "AAPL"
    with pytest.raises((RuntimeError, aiohttp.ClientError)):
        await client.quotes()
