"""The stream on real sockets: the protocol, resume, slow readers, limits."""

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

from services.gateway.domain.directory import Directory
from services.gateway.domain.hub import Reader, new_hub
from services.gateway.domain.outbox import Message, Outbox
from services.gateway.domain.ring import Ring
from services.gateway.domain.subscriptions import CHANNELS, StreamError, Subscribe, Subscription, action
from tests.gateway import market
from tests.gateway.running import Running, running
from tests.until import until

Socket = aiohttp.ClientWebSocketResponse


@contextlib.asynccontextmanager
async def open_stream(client: aiohttp.ClientSession, address: str = "/v1/stream", **channels: list[str]) -> AsyncIterator[Socket]:
    """A stream that has been greeted, and subscribed where channels are named."""
    async with client.ws_connect(address) as stream:
        assert (await said(stream))[0]["msg"] == "connected"
        if channels:
            await stream.send_json({"action": "subscribe", **channels})
            assert (await said(stream))[0]["T"] == "subscription"
        yield stream


async def said(stream: Socket) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        frame = await stream.receive_json()
    assert isinstance(frame, list), "every frame is an array"
    assert all(isinstance(message["seq"], int) for message in frame), "every message has a seq"
    return frame


async def collected(stream: Socket, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(found) < count:
        found += await said(stream)
    return found


async def test_the_protocol_from_hello_to_data(up: Running, client: aiohttp.ClientSession) -> None:
    async with open_stream(client) as stream:
        await stream.send_json({"action": "auth", "key": "any"})
        assert (await said(stream))[0] | {"seq": 0} == {"T": "success", "msg": "authenticated", "seq": 0}
        await stream.send_json({"action": "subscribe", "quotes": ["AAPL"], "bars": ["*"], "signals": ["industry:semiconductors"]})
        answer = (await said(stream))[0]
        assert answer | {"seq": 0} == {
            "T": "subscription", "seq": 0, "ticks": [], "news": [], "industries": [], "provisional": [], "patterns": [],
            "quotes": ["AAPL"], "bars": ["*"], "signals": ["industry:semiconductors"],
        }  # fmt: skip
        up.feed.take(market.quote("NVDA", 5))
        up.feed.take(market.signal("AAPL", 700))
        up.feed.take(market.quote("AAPL", 5))
        up.feed.take(market.bar("AAPL", 700))
        up.feed.take(market.signal("NVDA", 700))
        found = await collected(stream, 3)
        assert [(m["T"], m["symbol"]) for m in found] == [("q", "AAPL"), ("b", "AAPL"), ("s", "NVDA")]
        assert found[0]["last_price"] == market.quote("AAPL", 5).last_price
        assert found[1]["timeframe"] == "1Day"
        assert found[1]["close"] == market.bar("AAPL", 700).close
        assert found[2]["id"] == market.signal("NVDA", 700).id
        assert [m["seq"] for m in found] == sorted(m["seq"] for m in found)


async def test_unsubscribing_answers_what_is_left(up: Running, client: aiohttp.ClientSession) -> None:
    async with open_stream(client, quotes=["AAPL", "NVDA"], signals=["*"]) as stream:
        await stream.send_json({"action": "unsubscribe", "quotes": ["AAPL", "JPM"], "signals": ["*"]})
        answer = (await said(stream))[0]
        assert (answer["quotes"], answer["signals"]) == (["NVDA"], [])
        up.feed.take(market.quote("AAPL", 9))
        up.feed.take(market.quote("NVDA", 9))
        assert [m["symbol"] for m in await said(stream)] == ["NVDA"]
    await until(lambda: not up.gateway.hub.readers and not up.gateway.hub.index)


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
async def test_what_makes_no_sense_is_an_error_and_the_stream_goes_on(
    up: Running, client: aiohttp.ClientSession, text: str, code: int
) -> None:
    async with open_stream(client) as stream:
        await stream.send_str(text)
        (error,) = await said(stream)
        assert (error["T"], error["code"]) == ("error", code)
        assert error["msg"]
        await stream.send_json({"action": "subscribe", "quotes": ["AAPL"]})
        assert (await said(stream))[0]["quotes"] == ["AAPL"]


async def test_selectors_are_read_in_any_form_of_unicode(client: aiohttp.ClientSession) -> None:
    async with open_stream(client) as stream:
        await stream.send_json({"action": "subscribe", "quotes": ["ＡＡＰＬ", "AA\u200bPL"], "bars": ["ｉndustry：ai", "＊"]})
        (answer,) = await said(stream)
        assert (answer["quotes"], answer["bars"]) == (["AAPL"], ["*", "industry:ai"])
        await stream.send_json({"action": "unsubscribe", "bars": ["＊"]})
        assert (await said(stream))[0]["bars"] == ["industry:ai"]
        await stream.send_json({"action": "subscribe", "quotes": ["AAPL" + "\u200b" * 900 + "X"]})
        assert (await said(stream))[0]["code"] == 400


async def test_a_reader_has_so_many_selectors_over_all_channels(tmp_path: Path) -> None:
    names = [f"S{n}" for n in range(600)]
    async with running(tmp_path) as up, aiohttp.ClientSession(up.url) as client, open_stream(client) as stream:
        await stream.send_json({"action": "subscribe", "quotes": names, "bars": names})
        assert (await said(stream))[0]["code"] == 405
        await stream.send_json({"action": "subscribe", "quotes": names, "bars": names[:400]})
        assert len((await said(stream))[0]["bars"]) == 400


async def test_a_refused_subscription_changes_nothing(client: aiohttp.ClientSession) -> None:
    async with open_stream(client, quotes=["AAPL"]) as stream:
        await stream.send_json({"action": "subscribe", "quotes": ["NVDA", "NOPE"]})
        assert (await said(stream))[0]["code"] == 410
        await stream.send_json({"action": "unsubscribe"})
        assert (await said(stream))[0]["quotes"] == ["AAPL"]


async def test_a_reader_who_comes_back_gets_what_he_missed_once(up: Running, client: aiohttp.ClientSession) -> None:
    async with open_stream(client, quotes=["*"], signals=["*"]) as stream:
        up.feed.take(market.signal("AAPL", 800))
        last = (await said(stream))[-1]["seq"]
    missed = [market.signal("AAPL", n) for n in range(801, 821)]
    for n, signal in enumerate(missed):
        up.feed.take(signal)
        up.feed.take(market.quote("AAPL", 100 + n))
        up.feed.take(market.bar("AAPL", 801 + n))  # not subscribed
    async with open_stream(client, quotes=["*"], signals=["*"]) as stream:
        up.feed.take(market.signal("NVDA", 900))
        await stream.send_json({"action": "resume", "from": last})
        found = await collected(stream, 20 + 1 + 1 + 1)
        signals = [m["id"] for m in found if m["T"] == "s"]
        assert sorted(signals) == sorted([*(s.id for s in missed), market.signal("NVDA", 900).id])
        quotes = [m for m in found if m["T"] == "q"]
        assert [q["last_price"] for q in quotes] == [market.quote("AAPL", 119).last_price], "only the latest quote of a symbol"
        assert not [m for m in found if m["T"] == "b"]


async def test_a_ring_that_is_too_short_says_so(tmp_path: Path) -> None:
    async with running(tmp_path, ring=10) as up, aiohttp.ClientSession(up.url) as client:
        async with open_stream(client, signals=["*"]) as stream:
            up.feed.take(market.signal("AAPL", 1))
            last = (await said(stream))[-1]["seq"]
        for n in range(2, 14):
            up.feed.take(market.signal("AAPL", n))
        async with open_stream(client, signals=["*"]) as stream:
            await stream.send_json({"action": "resume", "from": last})
            assert (await said(stream))[0]["code"] == 411
            await stream.send_json({"action": "resume", "from": up.gateway.hub.seq - 3})
            assert len(await collected(stream, 4)) == 4


async def test_a_slow_reader_is_coalesced_keeps_signals_and_is_closed_with_a_cursor(tmp_path: Path) -> None:
    """Not reading: quotes shrink to the latest per symbol, signals wait; at the limit comes 1013 and where to resume."""
    async with running(tmp_path, unsent_limit=200, socket_buffer=4096) as up, aiohttp.ClientSession(up.url) as client:
        reader, writer = await raw_stream(up)
        writer.write(masked(b'{"action":"subscribe","quotes":["*"],"signals":["*"]}'))
        await writer.drain()
        await until(lambda: up.gateway.hub.index)
        (slow,) = up.gateway.hub.readers
        n = 0
        while not slow.outbox or len(slow.outbox.kept) < 150:
            n += 1
            up.feed.take(market.signal("AAPL", n, evidence={f"value {i}": 1.0 for i in range(300)}))
            for _ in range(5):
                up.feed.take(market.quote("AAPL", n * 100 + _))
            if n % 10 == 0:
                await asyncio.sleep(0)
                up.doors.live.flusher.flush()
            assert n < 20_000, "the socket never filled"
        assert len(slow.outbox.latest) == 1, "one quote waits, whatever has come"
        assert not slow.outbox.overflowed
        for _ in range(100):
            n += 1
            up.feed.take(market.signal("AAPL", n))
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
            wanted = {market.signal("AAPL", i).id for i in range(1, n + 1)}
            had = [m["id"] for m in received if m["T"] == "s"]
            while len(had) + len([m for m in rest if m["T"] == "s"]) < n:
                rest += await said(stream)
            ids = had + [m["id"] for m in rest if m["T"] == "s"]
            assert len(ids) == len(set(ids))
            assert set(ids) == wanted


async def raw_stream(up: Running) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A WebSocket by hand, on a socket with small buffers, so that not reading is felt."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", int(up.url.rsplit(":", 1)[1])))
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
    """All frames to the close frame, which is the last."""
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


async def test_a_burst_does_not_make_a_quick_reader_slow(tmp_path: Path) -> None:
    """All bars close at once, more than may wait: whoever reads gets them all."""
    quick = running(tmp_path, unsent_limit=50, socket_buffer=10_000_000, flush_seconds=2)
    async with quick as up, aiohttp.ClientSession(up.url) as client:
        async with open_stream(client, bars=["*"]) as stream:
            for n in range(1000):
                up.feed.take(market.bar("AAPL", n))
            up.doors.live.flusher.flush()
            found = await collected(stream, 1000)
            assert [m["close"] for m in found] == [market.bar("AAPL", n).close for n in range(1000)]
        async with client.get("/v1/events?bars=*") as response:
            await event(response)
            for n in range(1000, 1400):
                up.feed.take(market.bar("AAPL", n))
                if n % 20 == 0:
                    await asyncio.sleep(0.001)  # as the feed does between batches
            up.doors.live.flusher.flush()
            for n in range(1000, 1400):
                assert (await event(response))["data"]["close"] == market.bar("AAPL", n).close


async def test_a_reader_who_never_reads_again_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.gateway.handlers import stream as handler

    monkeypatch.setattr(handler, "CLOSE_SECONDS", 0.1)
    async with running(tmp_path, unsent_limit=10, socket_buffer=4096) as up:
        _, writer = await raw_stream(up)
        writer.write(masked(b'{"action":"subscribe","signals":["*"]}'))
        await until(lambda: up.gateway.hub.index)
        for n in range(20_000):
            up.feed.take(market.signal("AAPL", n, evidence={f"value {i}": 1.0 for i in range(300)}))
            if n % 5 == 0:
                up.doors.live.flusher.flush()
            if not up.gateway.hub.readers:
                break
        await until(lambda: not up.doors.live.sockets, what="the dead reader to be gone")
        writer.close()


async def test_streams_are_limited_in_number_and_size(tmp_path: Path) -> None:
    small = running(tmp_path, max_readers_per_address=2, max_frame=1024, max_selectors=3)
    async with small as up, aiohttp.ClientSession(up.url) as client:
        async with open_stream(client), open_stream(client) as second:
            async with client.ws_connect("/v1/stream") as third:
                assert (await said(third))[0]["code"] == 406
                assert (await third.receive()).type is aiohttp.WSMsgType.CLOSE
                assert third.close_code == 1008
            await second.send_json({"action": "subscribe", "quotes": ["A", "B", "C", "D"]})
            assert (await said(second))[0]["code"] == 405
            await second.send_str("x" * 2000)
            async with asyncio.timeout(10):
                assert (await second.receive()).type is aiohttp.WSMsgType.CLOSE
            assert second.close_code == 1009
        await until(lambda: not up.doors.live.addresses)
        async with open_stream(client, quotes=["A"]):
            assert len(up.gateway.hub.readers) == 1


async def test_too_many_actions_close_the_stream(client: aiohttp.ClientSession) -> None:
    async with open_stream(client) as stream:
        for _ in range(300):
            await stream.send_json({"action": "unsubscribe"})
        async with asyncio.timeout(10):
            async for _ in stream:
                continue
        assert stream.close_code == 1008


async def test_the_test_stream_plays_made_up_data(up: Running, client: aiohttp.ClientSession) -> None:
    import random

    from services.gateway.handlers.fake import EVERY_SIGNAL, Fake

    fake = Fake(up.gateway.test_hub, random.Random(7), up.gateway.clock)
    channels = {channel: ["FAKE" if channel == "quotes" else "*"] for channel in CHANNELS}
    async with open_stream(client, "/v1/stream/test", **channels) as stream:
        for _ in range(EVERY_SIGNAL):
            fake.step()
        found = await collected(stream, 2 + 1 + 4 + 2 + 2 + 2 + 1)
    assert {m["T"] for m in found} == set(CHANNELS.values()) - {"n"}
    assert {(m["view"] if m["T"] == "v" else m)["source"] for m in found} == {"test"}


async def test_a_stopping_gateway_says_goodbye(tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as client:
        async with running(tmp_path) as up:
            stream = await client.ws_connect(f"{up.url}/v1/stream")
            await said(stream)
            listening = asyncio.create_task(stream.receive())
        assert (await listening).type is aiohttp.WSMsgType.CLOSE
        assert stream.close_code == 1001


async def test_events_are_the_stream_without_a_socket(up: Running, client: aiohttp.ClientSession) -> None:
    async with client.get("/v1/events?quotes=AAPL&signals=*") as response:
        assert response.content_type == "text/event-stream"
        assert (await event(response))["event"] == "subscription"
        up.feed.take(market.signal("NVDA", 900))
        first = await event(response)
        assert (first["event"], first["data"]["id"]) == ("s", market.signal("NVDA", 900).id)
        assert int(first["id"]) == first["data"]["seq"]
    await until(lambda: not up.gateway.hub.readers, what="the reader to be forgotten")
    up.feed.take(market.signal("NVDA", 901))
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
def test_an_outbox_keeps_order_and_loses_nothing_that_matters(given_messages: list[tuple[int, Any, str]], limit: int) -> None:
    outbox = Outbox(limit)
    sent = [Message(seq, kind, symbol, b"{}") for seq, (_, kind, symbol) in enumerate(given_messages)]
    for message in sent:
        outbox.put(message)
    must = [m for m in sent if m.kind in "bs"]
    assert outbox.overflowed == (len(must) > limit)
    taken = outbox.take()
    assert [m.seq for m in taken] == sorted(m.seq for m in taken)
    assert [m for m in taken if m.kind in "bs"] == must[:limit]
    latest = {(m.kind, m.symbol): m for m in sent if m.kind in "tq"}
    assert {m.seq for m in taken if m.kind in "tq"} == {m.seq for m in latest.values()}
    assert not outbox


@given(st.lists(messages, max_size=60), st.integers(0, 70), st.integers(1, 20))
def test_a_ring_gives_all_since_or_says_that_it_cannot(given_messages: list[tuple[int, Any, str]], since: int, limit: int) -> None:
    ring = Ring(limit, began=0)
    sent = [Message(seq, kind, symbol, b"{}") for seq, (_, kind, symbol) in enumerate(given_messages, 1)]
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
@settings(max_examples=200)
def test_any_text_is_an_action_or_an_error(text: str) -> None:
    with contextlib.suppress(StreamError):
        assert action(text)


def test_each_reader_gets_what_he_wants_and_nothing_else() -> None:
    hub = new_hub(0, Directory, 10)
    readers = {name: Reader(name, Outbox(10), Subscription(10)) for name in ("a", "b", "c")}
    for reader in readers.values():
        hub.enter(reader)
    hub.subscribe(readers["a"], Subscribe(quotes=("A", "*")))
    hub.subscribe(readers["b"], Subscribe(quotes=("B",)))
    hub.publish("q", "A", b"{}")
    hub.publish("s", "B", b"{}")
    assert [m.symbol for m in readers["a"].outbox.take()] == ["A"]
    assert not readers["b"].outbox
    assert not readers["c"].outbox
    hub.leave(readers["a"])
    hub.publish("q", "A", b"{}")
    assert not readers["a"].outbox
    assert ("q", "B") in hub.index
    assert ("q", "A") not in hub.index


async def test_views_of_industries_have_a_channel_and_only_the_latest_counts(up: Running, client: aiohttp.ClientSession) -> None:
    async with open_stream(client) as stream:
        await stream.send_json({"action": "subscribe", "industries": ["industry:semiconductors", "industry:us"]})
        assert (await said(stream))[0]["industries"] == ["industry:semiconductors", "industry:us"]
        for n in (5, 6, 4):
            up.feed.take(market.view(n=n))
            up.feed.take(market.view("ai", n))
        up.feed.take(market.view("us", 6))
        heard: dict[str, Any] = {}
        while set(heard) != {"semiconductors", "us"}:
            heard |= {message["industry"]: message for message in await said(stream)}
        assert {m["T"] for m in heard.values()} == {"v"}
        assert {m["name_ko"] for m in heard.values()} == {"반도체", "미국 시장"}
        assert {m["view"]["date"] for m in heard.values()} == {"2023-01-03T22:00:06Z"}
        assert not any("members" in m for m in heard.values())
        for wrong, code in (("AAPL", 400), ("industry:rockets", 410)):
            await stream.send_json({"action": "subscribe", "industries": [wrong]})
            assert (await said(stream))[0]["code"] == code
        await stream.send_json({"action": "subscribe", "quotes": ["industry:us"]})
        assert (await said(stream))[0]["code"] == 410


async def test_patterns_have_a_channel_with_what_rest_tells_of_them(up: Running, client: aiohttp.ClientSession) -> None:
    async with client.get("/v1/patterns?symbol=AAPL") as response:
        stored = {(row["id"], row["status"]): row for row in (await response.json())["results"]}
    async with open_stream(client, patterns=["industry:ai"], signals=["*"]) as stream:
        up.feed.take(market.pattern("JPM", 0))
        for n in (0, 1, 0):  # a crash of analysis may repeat one
            up.feed.take(market.pattern("AAPL", n))
        up.feed.take(market.signal("AAPL", 700))
        found = await collected(stream, 3)
    assert [m["T"] for m in found] == ["p", "p", "s"]
    for message in found[:2]:
        assert {name: value for name, value in message.items() if name not in ("T", "seq")} == stored[
            message["id"], message["status"]
        ]


async def test_provisional_signals_come_only_to_those_who_ask(up: Running, client: aiohttp.ClientSession) -> None:
    glimpse = market.signal("AAPL", 700, id="f" * 32, provisional=True, bar_close=market.START + 701 * market.DAY)
    secret = market.signal("AAPL", 701, id="e" * 32, provisional=True, rule="condition", condition="close > 1 on 1d")
    async with open_stream(client, signals=["*"]) as plain, open_stream(client, provisional=["AAPL"]) as asked:
        for event in (secret, glimpse, glimpse, market.signal("AAPL", 700)):
            up.feed.take(event)
        assert [(m["T"], m["provisional"]) for m in await said(plain)] == [("s", False)]
        (message,) = await said(asked)
        assert (message["T"], message["id"], message["provisional"]) == ("f", glimpse.id, True)
        assert message["bar_close"] == "2024-12-04T22:00:00Z"
    async with client.get("/v1/signals?symbol=AAPL&limit=1000") as response:
        assert glimpse.id not in {row["id"] for row in (await response.json())["results"]}
