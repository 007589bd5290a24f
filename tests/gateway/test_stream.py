"""The stream on real sockets: protocol, resuming, slow clients, limits."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.domain.hub import Subscriber, new_hub
from services.gateway.domain.instrument_directory import InstrumentDirectory
from services.gateway.domain.resume_buffer import ResumeBuffer
from services.gateway.domain.subscriptions import CHANNELS, StreamError, Subscribe, Subscription, parse_action
from services.gateway.domain.unsent import StreamMessage, UnsentMessages
from services.gateway.handlers.web_sockets import ALL
from shared.events import Timeframe
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway, running_gateway
from tests.sizes import examples
from tests.until import until

Socket = aiohttp.ClientWebSocketResponse


@contextlib.asynccontextmanager
async def open_stream(client: aiohttp.ClientSession, address: str = "/v1/stream", **channels: list[str]) -> AsyncIterator[Socket]:
    """A connected stream, subscribed where channels are given."""
    async with client.ws_connect(address) as stream:
        assert (await receive(stream))[0]["msg"] == "connected"
        if channels:
            await stream.send_json({"action": "subscribe", **channels})
            assert (await receive(stream))[0]["T"] == "subscription"
        yield stream


async def receive(stream: Socket) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        frame = await stream.receive_json()
    assert isinstance(frame, list), "every frame is an array"
    assert all(isinstance(message["seq"], int) for message in frame), "every message has a seq"
    return frame


async def receive_messages(stream: Socket, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(found) < count:
        found += await receive(stream)
    return found


async def test_the_protocol_from_connection_to_data(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    async with open_stream(client) as stream:
        await stream.send_json({"action": "auth", "key": "any"})
        assert (await receive(stream))[0] | {"seq": 0} == {"T": "success", "msg": "authenticated", "seq": 0}
        await stream.send_json({"action": "subscribe", "quotes": ["AAPL"], "bars": ["*"], "signals": ["industry:semiconductors"]})
        answer = (await receive(stream))[0]
        assert answer | {"seq": 0} == {
            "T": "subscription", "seq": 0, "ticks": [], "news": [], "industries": [], "provisional": [], "patterns": [],
            "quotes": ["AAPL"], "bars": ["*"], "signals": ["industry:semiconductors"],
        }  # fmt: skip
        server.feed.handle_event(market.quote("NVDA", 5))
        server.feed.handle_event(market.signal("AAPL", 700))
        server.feed.handle_event(market.quote("AAPL", 5))
        server.feed.handle_event(market.bar("AAPL", 700))
        server.feed.handle_event(market.signal("NVDA", 700))
        found = await receive_messages(stream, 3)
        assert [(m["T"], m["symbol"]) for m in found] == [("q", "AAPL"), ("b", "AAPL"), ("s", "NVDA")]
        assert found[0]["last_price"] == market.quote("AAPL", 5).last_price
        assert found[1]["timeframe"] == "1Day"
        assert found[1]["close"] == market.bar("AAPL", 700).close
        assert found[2]["id"] == market.signal("NVDA", 700).id
        assert [m["seq"] for m in found] == sorted(m["seq"] for m in found)
        for timeframe in Timeframe:
            server.feed.handle_event(market.bar("AAPL", 800, timeframe))
        found = await receive_messages(stream, len(Timeframe))
        assert [m["timeframe"] for m in found] == ["1Min", "5Min", "15Min", "30Min", "1Hour", "4Hour", "1Day", "1Week", "1Month"]


async def test_unsubscribing_returns_the_remaining_selectors(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    async with open_stream(client, quotes=["AAPL", "NVDA"], signals=["*"]) as stream:
        await stream.send_json({"action": "unsubscribe", "quotes": ["AAPL", "JPM"], "signals": ["*"]})
        answer = (await receive(stream))[0]
        assert (answer["quotes"], answer["signals"]) == (["NVDA"], [])
        server.feed.handle_event(market.quote("AAPL", 9))
        server.feed.handle_event(market.quote("NVDA", 9))
        assert [m["symbol"] for m in await receive(stream)] == ["NVDA"]
    await until(lambda: not server.gateway.hub.subscribers and not server.gateway.hub.index)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 400),
        ("[]", 400),
        ("{", 400),
        ('{"action":"dance"}', 400),
        ('{"action":"subscribe","quotes":"AAPL"}', 400),
        ('{"action":"subscribe","quotas":["AAPL"]}', 400),
        ('{"action":"subscribe","quotes":["aapl<script>"]}', 400),
        ('{"action":"subscribe","quotes":["APPL"]}', 410),
        ('{"action":"subscribe","quotes":["industry:teapots"]}', 410),
        (json.dumps({"action": "subscribe", "quotes": [f"S{n}" for n in range(1001)]}), 400),
        ('{"action":"resume","from":"now"}', 400),
        ('{"action":"resume","from":1}', 411),
        ('{"action":"resume","from":9007199254740991}', 411),
        ("[" * 5000, 400),
    ],
)
async def test_an_invalid_message_is_an_error_and_the_stream_continues(
    server: RunningGateway, client: aiohttp.ClientSession, text: str, code: int
) -> None:
    async with open_stream(client) as stream:
        await stream.send_str(text)
        (error,) = await receive(stream)
        assert (error["T"], error["code"]) == ("error", code)
        assert error["msg"]
        await stream.send_json({"action": "subscribe", "quotes": ["AAPL"]})
        assert (await receive(stream))[0]["quotes"] == ["AAPL"]


async def test_selectors_are_accepted_in_any_unicode_form(client: aiohttp.ClientSession) -> None:
    async with open_stream(client) as stream:
        await stream.send_json({"action": "subscribe", "quotes": ["ＡＡＰＬ", "AA\u200bPL"], "bars": ["ｉndustry：ai", "＊"]})
        (answer,) = await receive(stream)
        assert (answer["quotes"], answer["bars"]) == (["AAPL"], ["*", "industry:ai"])
        await stream.send_json({"action": "unsubscribe", "bars": ["＊"]})
        assert (await receive(stream))[0]["bars"] == ["industry:ai"]
        await stream.send_json({"action": "subscribe", "quotes": ["AAPL" + "\u200b" * 900 + "X"]})
        assert (await receive(stream))[0]["code"] == 400


async def test_the_selectors_of_all_channels_together_are_limited(tmp_path: Path) -> None:
    names = [f"S{n}" for n in range(600)]
    async with running_gateway(tmp_path) as server, aiohttp.ClientSession(server.url) as client, open_stream(client) as stream:
        await stream.send_json({"action": "subscribe", "quotes": names, "bars": names})
        assert (await receive(stream))[0]["code"] == 405
        await stream.send_json({"action": "subscribe", "quotes": names, "bars": names[:400]})
        assert len((await receive(stream))[0]["bars"]) == 400


async def test_a_rejected_subscription_changes_nothing(client: aiohttp.ClientSession) -> None:
    async with open_stream(client, quotes=["AAPL"]) as stream:
        await stream.send_json({"action": "subscribe", "quotes": ["NVDA", "NOPE"]})
        assert (await receive(stream))[0]["code"] == 410
        await stream.send_json({"action": "unsubscribe"})
        assert (await receive(stream))[0]["quotes"] == ["AAPL"]


async def test_a_client_that_resumes_gets_missed_messages_once(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    async with open_stream(client, quotes=["*"], signals=["*"]) as stream:
        server.feed.handle_event(market.signal("AAPL", 800))
        last = (await receive(stream))[-1]["seq"]
    missed = [market.signal("AAPL", n) for n in range(801, 821)]
    for n, signal in enumerate(missed):
        server.feed.handle_event(signal)
        server.feed.handle_event(market.quote("AAPL", 100 + n))
        server.feed.handle_event(market.bar("AAPL", 801 + n))  # not subscribed
    async with open_stream(client, quotes=["*"], signals=["*"]) as stream:
        server.feed.handle_event(market.signal("NVDA", 900))
        await stream.send_json({"action": "resume", "from": last})
        found = await receive_messages(stream, 20 + 1 + 1 + 1)
        signals = [m["id"] for m in found if m["T"] == "s"]
        assert sorted(signals) == sorted([*(s.id for s in missed), market.signal("NVDA", 900).id])
        quotes = [m for m in found if m["T"] == "q"]
        assert [q["last_price"] for q in quotes] == [market.quote("AAPL", 119).last_price], "only the latest quote of a symbol"
        assert not [m for m in found if m["T"] == "b"]


async def test_resuming_from_messages_that_are_no_longer_kept_is_an_error(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, ring=10) as server, aiohttp.ClientSession(server.url) as client:
        async with open_stream(client, signals=["*"]) as stream:
            server.feed.handle_event(market.signal("AAPL", 1))
            last = (await receive(stream))[-1]["seq"]
        numbers = []
        for n in range(2, 14):
            server.feed.handle_event(market.signal("AAPL", n))
            numbers.append(server.gateway.hub.seq)
        async with open_stream(client, signals=["*"]) as stream:
            await stream.send_json({"action": "resume", "from": last})
            assert (await receive(stream))[0]["code"] == 411
            await stream.send_json({"action": "resume", "from": numbers[-4]})
            assert len(await receive_messages(stream, 4)) == 4


async def test_a_slow_client_gets_the_latest_quotes_all_signals_and_a_place_to_resume(tmp_path: Path) -> None:
    """Without reads, the latest quote of a symbol and all signals wait; at the limit the stream is closed with 1013."""
    async with (
        running_gateway(tmp_path, unsent_limit=200, socket_buffer=4096) as server,
        aiohttp.ClientSession(server.url) as client,
    ):
        reader, writer = await raw_stream(server)
        writer.write(masked(b'{"action":"subscribe","quotes":["*"],"signals":["*"]}'))
        await writer.drain()
        await until(lambda: server.gateway.hub.index)
        (slow,) = server.gateway.hub.subscribers
        n = 0
        while not slow.unsent or len(slow.unsent.ordered) < 150:
            n += 1
            server.feed.handle_event(market.signal("AAPL", n, evidence={f"value {i}": 1.0 for i in range(300)}))
            for _ in range(5):
                server.feed.handle_event(market.quote("AAPL", n * 100 + _))
            if n % 10 == 0:
                await asyncio.sleep(0)
                server.streams.live.flusher.flush()
            assert n < 20_000, "the socket never filled up"
        assert len(slow.unsent.latest) == 1, "one quote waits, however many were published"
        assert not slow.unsent.overflowed
        for _ in range(100):
            n += 1
            server.feed.handle_event(market.signal("AAPL", n))
        frames = await raw_frames(reader)
        writer.close()
        code, reason = int.from_bytes(frames[-1][:2], "big"), frames[-1][2:].decode()
        assert code == 1013
        cursor = int(reason.removeprefix("slow reader; resume from "))
        received = [m for f in frames[:-1] for m in msgspec.json.decode(f) if m["T"] in "sq"]
        assert received[-1]["seq"] == cursor
        async with open_stream(client, signals=["*"]) as stream:
            await stream.send_json({"action": "resume", "from": cursor})
            rest: list[dict[str, Any]] = []
            expected = {market.signal("AAPL", i).id for i in range(1, n + 1)}
            had = [m["id"] for m in received if m["T"] == "s"]
            while len(had) + len([m for m in rest if m["T"] == "s"]) < n:
                rest += await receive(stream)
            ids = had + [m["id"] for m in rest if m["T"] == "s"]
            assert len(ids) == len(set(ids))
            assert set(ids) == expected


async def raw_stream(server: RunningGateway) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A WebSocket on a socket with small buffers, which fill up when the test does not read."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", int(server.url.rsplit(":", 1)[1])))
    reader, writer = await asyncio.open_connection(sock=plain, limit=4096)
    writer.write(
        b"GET /v1/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


def masked(payload: bytes) -> bytes:
    assert len(payload) < 126
    return bytes((0x81, 0x80 | len(payload), 0, 0, 0, 0)) + payload


async def raw_frames(reader: asyncio.StreamReader) -> list[bytes]:
    """All frames up to the close frame, which is the last."""
    found = []
    async with asyncio.timeout(20):
        while True:
            head = await reader.readexactly(2)
            size = head[1]
            if size == 126:
                size = int.from_bytes(await reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await reader.readexactly(8), "big")
            found.append(await reader.readexactly(size))
            if head[0] & 15 == 8:
                return found


async def test_a_burst_does_not_close_a_fast_client(tmp_path: Path) -> None:
    """More bars close at once than may wait: a client that reads gets all of them."""
    quick = running_gateway(tmp_path, unsent_limit=50, socket_buffer=10_000_000, flush_seconds=2)
    async with quick as server, aiohttp.ClientSession(server.url) as client:
        async with open_stream(client, bars=["*"]) as stream:
            for n in range(1000):
                server.feed.handle_event(market.bar("AAPL", n))
            server.streams.live.flusher.flush()
            found = await receive_messages(stream, 1000)
            assert [m["close"] for m in found] == [market.bar("AAPL", n).close for n in range(1000)]
        async with client.get("/v1/events?bars=*") as response:
            await event(response)
            for n in range(1000, 1400):
                server.feed.handle_event(market.bar("AAPL", n))
                if n % 20 == 0:
                    await asyncio.sleep(0.001)  # as the feed does between batches
            server.streams.live.flusher.flush()
            for n in range(1000, 1400):
                assert (await event(response))["data"]["close"] == market.bar("AAPL", n).close


async def test_a_client_that_stops_reading_is_disconnected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.gateway.handlers import web_socket_connection as handler

    monkeypatch.setattr(handler, "CLOSE_SECONDS", 0.1)
    async with running_gateway(tmp_path, unsent_limit=10, socket_buffer=4096) as server:
        _, writer = await raw_stream(server)
        writer.write(masked(b'{"action":"subscribe","signals":["*"]}'))
        await until(lambda: server.gateway.hub.index)
        for n in range(20_000):
            server.feed.handle_event(market.signal("AAPL", n, evidence={f"value {i}": 1.0 for i in range(300)}))
            if n % 5 == 0:
                server.streams.live.flusher.flush()
            if not server.gateway.hub.subscribers:
                break
        await until(lambda: not server.streams.live.sockets, what="the stream to be removed")
        writer.close()


async def test_a_client_that_does_not_read_the_answers_gets_no_more_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each resume is answered with all that was missed: 40 of them unread would fill the memory."""
    from services.gateway.handlers import web_socket_connection as handler

    monkeypatch.setattr(handler, "DRAIN_SECONDS", 0.2)
    monkeypatch.setattr(handler, "CLOSE_SECONDS", 0.1)
    async with running_gateway(tmp_path, socket_buffer=4096) as server:
        answered: list[int] = []
        resume = server.gateway.hub.resume

        def counted(subscriber: Subscriber, since: int) -> list[StreamMessage]:
            answered.append(since)
            return resume(subscriber, since)

        monkeypatch.setattr(server.gateway.hub, "resume", counted)
        since = server.gateway.hub.seq
        for n in range(400):
            server.feed.handle_event(market.signal("AAPL", n, evidence={f"value {i}": 1.0 for i in range(300)}))
        _, writer = await raw_stream(server)
        writer.write(masked(b'{"action":"subscribe","signals":["*"]}'))
        writer.write(40 * masked(b'{"action":"resume","from":%d}' % since))
        await until(lambda: answered, what="the first answer")
        await until(lambda: not server.streams.live.sockets, what="the stream to be closed")
        writer.close()
        assert len(answered) < 10, "the socket takes some"


async def test_streams_are_limited_in_number_and_size(tmp_path: Path) -> None:
    small = running_gateway(tmp_path, max_readers_per_address=2, max_frame=1024, max_selectors=3)
    async with small as server, aiohttp.ClientSession(server.url) as client:
        async with open_stream(client), open_stream(client) as second:
            async with client.ws_connect("/v1/stream") as third:
                assert (await receive(third))[0]["code"] == 406
                assert (await third.receive()).type is aiohttp.WSMsgType.CLOSE
                assert third.close_code == 1008
            await second.send_json({"action": "subscribe", "quotes": ["A", "B", "C", "D"]})
            assert (await receive(second))[0]["code"] == 405
            await second.send_str("x" * 2000)
            async with asyncio.timeout(10):
                assert (await second.receive()).type is aiohttp.WSMsgType.CLOSE
            assert second.close_code == 1009
        await until(lambda: server.streams.live.open.get(ALL) == 0)
        async with open_stream(client, quotes=["A"]):
            assert len(server.gateway.hub.subscribers) == 1


async def test_too_many_actions_close_the_stream(client: aiohttp.ClientSession) -> None:
    async with open_stream(client) as stream:
        for _ in range(300):
            await stream.send_json({"action": "unsubscribe"})
        async with asyncio.timeout(10):
            async for _ in stream:
                continue
        assert stream.close_code == 1008


async def test_the_test_stream_has_messages_on_all_channels(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    import random

    from services.gateway.handlers.fake_market import STEPS_PER_SIGNAL, FakeMarket

    fake = FakeMarket(server.gateway.test_hub, random.Random(7), server.gateway.clock)
    channels = {channel: ["FAKE" if channel == "quotes" else "*"] for channel in CHANNELS}
    async with open_stream(client, "/v1/stream/test", **channels) as stream:
        for _ in range(STEPS_PER_SIGNAL):
            fake.step()
        found = await receive_messages(stream, 2 + 1 + 4 + 2 + 2 + 2 + 1)
    assert {m["T"] for m in found} == set(CHANNELS.values()) - {"n"}
    assert {(m["view"] if m["T"] == "v" else m)["source"] for m in found} == {"test"}


async def test_a_stopping_gateway_closes_streams_as_going_away(tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as client:
        async with running_gateway(tmp_path) as server:
            stream = await client.ws_connect(f"{server.url}/v1/stream")
            await receive(stream)
            listening = asyncio.create_task(stream.receive())
        assert (await listening).type is aiohttp.WSMsgType.CLOSE
        assert stream.close_code == 1001


async def test_server_sent_events_carry_the_messages_of_the_stream(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    async with client.get("/v1/events?quotes=AAPL&signals=*") as response:
        assert response.content_type == "text/event-stream"
        assert (await event(response))["event"] == "subscription"
        server.feed.handle_event(market.signal("NVDA", 900))
        first = await event(response)
        assert (first["event"], first["data"]["id"]) == ("s", market.signal("NVDA", 900).id)
        assert int(first["id"]) == first["data"]["seq"]
    await until(lambda: not server.gateway.hub.subscribers, what="the subscriber to be removed")
    server.feed.handle_event(market.signal("NVDA", 901))
    async with client.get("/v1/events?signals=industry:ai", headers={"Last-Event-ID": first["id"]}) as response:
        await event(response)
        assert (await event(response))["data"]["id"] == market.signal("NVDA", 901).id
    async with client.get("/v1/events?signals=*", headers={"Last-Event-ID": "5"}) as response:
        await event(response)
        assert (await event(response))["data"]["code"] == 411


async def event(response: aiohttp.ClientResponse) -> dict[str, Any]:
    found: dict[str, Any] = {}
    async with asyncio.timeout(10):
        while True:
            line = (await response.content.readline()).decode().strip()
            if not line and found:
                break
            name, _, value = line.partition(": ")
            found[name] = value
    found["data"] = msgspec.json.decode(found["data"])
    return found


messages = st.builds(
    lambda n, kind, symbol: (n, kind, symbol), st.integers(1, 50), st.sampled_from("tqbs"), st.sampled_from(["A", "B", "C"])
)


@given(st.lists(messages, max_size=60), st.integers(1, 20))
def test_unsent_messages_keep_order_and_all_signals_and_bars(given_messages: list[tuple[int, Any, str]], limit: int) -> None:
    unsent = UnsentMessages(limit)
    sent = [StreamMessage(seq, kind, symbol, b"{}") for seq, (_, kind, symbol) in enumerate(given_messages)]
    for message in sent:
        unsent.put(message)
    must = [m for m in sent if m.kind in "bs"]
    assert unsent.overflowed == (len(must) > limit)
    taken = unsent.take()
    assert [m.seq for m in taken] == sorted(m.seq for m in taken)
    assert [m for m in taken if m.kind in "bs"] == must[:limit]
    latest = {(m.kind, m.symbol): m for m in sent if m.kind in "tq"}
    assert {m.seq for m in taken if m.kind in "tq"} == {m.seq for m in latest.values()}
    assert unsent.take() == []


@given(st.lists(messages, max_size=60), st.integers(0, 70), st.integers(1, 20))
def test_a_resume_buffer_returns_all_messages_or_none(given_messages: list[tuple[int, Any, str]], since: int, limit: int) -> None:
    ring = ResumeBuffer(limit, start_seq=0)
    sent = [StreamMessage(seq, kind, symbol, b"{}") for seq, (_, kind, symbol) in enumerate(given_messages, 1)]
    for message in sent:
        ring.put(message)
    found = ring.since(since, lambda _: True)
    must = [m for m in sent if m.kind in "bs"]
    if found is None:
        assert len(must) > limit
        assert must[-limit - 1].seq > since
    else:
        assert [m for m in found if m.kind in "bs"] == [m for m in must if m.seq > since]


@given(st.text(max_size=200))
@settings(max_examples=examples(200))
def test_any_text_is_an_action_or_an_error(text: str) -> None:
    with contextlib.suppress(StreamError):
        assert parse_action(text)


def test_each_subscriber_gets_its_selected_messages_only() -> None:
    hub = new_hub(0, InstrumentDirectory, 10)
    subscribers = {name: Subscriber(name, UnsentMessages(10), Subscription(10)) for name in ("a", "b", "c")}
    for subscriber in subscribers.values():
        hub.add(subscriber)
    hub.subscribe(subscribers["a"], Subscribe(quotes=("A", "*")))
    hub.subscribe(subscribers["b"], Subscribe(quotes=("B",)))
    hub.publish("q", "A", b"{}")
    hub.publish("s", "B", b"{}")
    assert [m.symbol for m in subscribers["a"].unsent.take()] == ["A"]
    assert subscribers["b"].unsent.take() == []
    assert subscribers["c"].unsent.take() == []
    hub.remove(subscribers["a"])
    hub.publish("q", "A", b"{}")
    assert subscribers["a"].unsent.take() == []
    assert ("q", "B") in hub.index
    assert ("q", "A") not in hub.index


async def test_industry_views_are_coalesced_on_their_channel(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    async with open_stream(client) as stream:
        await stream.send_json({"action": "subscribe", "industries": ["industry:semiconductors", "industry:us"]})
        assert (await receive(stream))[0]["industries"] == ["industry:semiconductors", "industry:us"]
        for n in (5, 6, 4):
            server.feed.handle_event(market.view(n=n))
            server.feed.handle_event(market.view("ai", n))
        server.feed.handle_event(market.view("us", 6))
        received: dict[str, Any] = {}
        while set(received) != {"semiconductors", "us"}:
            received |= {message["industry"]: message for message in await receive(stream)}
        assert {m["T"] for m in received.values()} == {"v"}
        assert {m["name_ko"] for m in received.values()} == {"반도체", "미국 시장"}
        assert {m["view"]["date"] for m in received.values()} == {"2023-01-03T22:00:06Z"}
        assert not any("members" in m for m in received.values())
        for wrong, code in (("AAPL", 400), ("industry:rockets", 410)):
            await stream.send_json({"action": "subscribe", "industries": [wrong]})
            assert (await receive(stream))[0]["code"] == code
        await stream.send_json({"action": "subscribe", "quotes": ["industry:us"]})
        assert (await receive(stream))[0]["code"] == 410


async def test_patterns_on_the_stream_equal_those_of_rest(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    async with client.get("/v1/patterns?symbol=AAPL") as response:
        stored = {(row["id"], row["status"]): row for row in (await response.json())["results"]}
    async with open_stream(client, patterns=["industry:ai"], signals=["*"]) as stream:
        server.feed.handle_event(market.pattern("JPM", 0))
        for n in (0, 1, 0):  # a crash of analysis may repeat one
            server.feed.handle_event(market.pattern("AAPL", n))
        server.feed.handle_event(market.signal("AAPL", 700))
        found = await receive_messages(stream, 3)
    assert [m["T"] for m in found] == ["p", "p", "s"]
    for message in found[:2]:
        assert {name: value for name, value in message.items() if name not in ("T", "seq")} == stored[
            message["id"], message["status"]
        ]


async def test_provisional_signals_are_sent_to_their_subscribers_only(
    server: RunningGateway, client: aiohttp.ClientSession
) -> None:
    provisional = market.signal("AAPL", 700, id="f" * 32, provisional=True, bar_close=market.START + 701 * market.DAY)
    secret = market.signal("AAPL", 701, id="e" * 32, provisional=True, rule="condition", condition="close > 1 on 1d")
    async with open_stream(client, signals=["*"]) as plain, open_stream(client, provisional=["AAPL"]) as subscribed:
        for event in (secret, provisional, provisional, market.signal("AAPL", 700)):
            server.feed.handle_event(event)
        assert [(m["T"], m["provisional"]) for m in await receive(plain)] == [("s", False)]
        (message,) = await receive(subscribed)
        assert (message["T"], message["id"], message["provisional"]) == ("f", provisional.id, True)
        assert message["bar_close"] == "2024-12-04T22:00:00Z"
    async with client.get("/v1/signals?symbol=AAPL&limit=1000") as response:
        assert provisional.id not in {row["id"] for row in (await response.json())["results"]}
