"""Resuming across a restart: a second gateway has the messages of before its start from the log."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from services.gateway.adapters.event_feed import EventFeed
from services.gateway.app import restore
from services.gateway.domain.hub import OVERLAP
from services.gateway.domain.restored_messages import RestoredMessages
from services.gateway.domain.times import rfc3339
from shared import topics
from shared.events import Event
from shared.kafka import Record
from shared.runtime import Lifecycle
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway, running_gateway
from tests.gateway.test_stream import open_stream, receive, receive_messages

SECOND = 1000


def record(event: Event, timestamp: int, offset: int, partition: int = 0, topic: str = topics.SIGNALS.name) -> Record[Any]:
    return Record(topic, partition, offset, timestamp, "", event, None)


async def restarted(server: RunningGateway, records: list[Record[Any]], limit: int = 1000) -> None:
    """Read records as at the start, and keep their messages."""
    restored = RestoredMessages(server.gateway.clock() - 900 * SECOND, limit)
    feed = EventFeed(server.gateway.market, server.gateway.hub, live=lambda: False, restored=restored)
    await feed.handle_batch(records)
    server.gateway.hub.restore(restored)
    server.streams.live.restored.set()


async def test_a_client_resumes_after_a_restart_and_misses_nothing(tmp_path: Path) -> None:
    signals = [market.signal("AAPL", n) for n in range(40)]
    (one := tmp_path / "one").mkdir()
    (two := tmp_path / "two").mkdir()
    async with running_gateway(one) as server, aiohttp.ClientSession(server.url) as client:
        began = server.gateway.clock()
        async with open_stream(client, signals=["*"], quotes=["*"]) as stream:
            server.feed.handle_event(signals[10])
            cursor = (await receive(stream))[-1]["seq"]
    written = [began + (n - 10) * 2 * SECOND - (n > 10) * SECOND for n in range(40)]  # 0 to 9 before, 11 to 39 after the cursor
    log = [record(signal, at, n) for n, (signal, at) in enumerate(zip(signals, written, strict=True))]
    quotes = [record(market.quote("AAPL", n), began + n, n, topic=topics.QUOTES.name) for n in range(3)]
    async with running_gateway(two) as server, aiohttp.ClientSession(server.url) as client:
        server.streams.live.restored.clear()
        server.gateway.hub.seq = server.gateway.hub.started = (began + 100 * SECOND) * 1000  # it starts later
        server.gateway.hub.resume_buffer.start_seq = server.gateway.hub.started
        async with open_stream(client, signals=["*"], quotes=["*"]) as stream:
            await stream.send_json({"action": "resume", "from": cursor})
            await restarted(server, [*quotes, *random.Random(1).sample(log[:20], 20), *log[20:]])
            found = await receive_messages(stream, 2 + 29)
            ids = [message["id"] for message in found if message["T"] == "s"]
            wanted = [signal.id for signal, at in zip(signals, written, strict=True) if at * 1000 > cursor - OVERLAP]
            assert ids == wanted, "in the order of the log, with those of a few seconds before"
            assert [message["last_price"] for message in found if message["T"] == "q"] == [market.quote("AAPL", 2).last_price]
            server.feed.handle_event(market.signal("NVDA", 1))
            assert (await receive(stream))[-1]["symbol"] == "NVDA"
            numbers = [message["seq"] for message in found if message["T"] in "sq"]
            assert numbers == sorted(set(numbers))


async def test_a_client_that_connects_while_the_log_is_read_has_the_newest_values(
    server: RunningGateway, client: aiohttp.ClientSession
) -> None:
    """The log holds many quotes of a symbol: those before the newest must not stay on a page until the next tick."""
    gateway, read, lifecycle = server.gateway, asyncio.Event(), Lifecycle()
    now = gateway.clock()
    restored = RestoredMessages(now - 900 * SECOND, 1000)
    feed = EventFeed(gateway.market, gateway.hub, live=read.is_set, restored=restored, live_from=now)
    restoring = asyncio.create_task(restore(server.streams, feed, restored, read.is_set, lifecycle))
    quotes = [record(market.quote("AAPL", n), now - 3000 * SECOND, n, topic=topics.QUOTES.name) for n in (7, 8)]
    views = [record(market.view("us", n), now - 3000 * SECOND, n, topic=topics.INDUSTRIES.name) for n in (7, 8)]
    await feed.handle_batch([quotes[0], views[0]])
    async with open_stream(client, signals=["*"], quotes=["AAPL"], industries=["*"]) as stream:
        async with client.get("/v1/quotes?symbols=AAPL") as response:
            assert (await response.json())["results"][0]["last_price"] == market.quote("AAPL", 7).last_price
        await feed.handle_batch([quotes[1], views[1], record(market.signal("AAPL", 1), now - SECOND, 1)])
        await feed.handle_batch([record(market.signal("AAPL", 2), now + SECOND, 2)])
        assert [each["id"] for each in await receive(stream)] == [market.signal("AAPL", 2).id], "of after the start: at once"
        read.set()
        found = {message["T"]: message for message in await receive_messages(stream, 2)}
        assert found["q"]["last_price"] == market.quote("AAPL", 8).last_price
        assert found["v"]["view"]["date"] == rfc3339(market.view("us", 8).ts_event)
    lifecycle.stopping.set()
    await restoring


@pytest.mark.parametrize(
    ("limit", "offset"), [(5, 0), (1000, 7)], ids=["more than are kept", "a log that was not read from its start"]
)
async def test_what_is_not_kept_any_more_is_an_error(tmp_path: Path, limit: int, offset: int) -> None:
    async with running_gateway(tmp_path) as server, aiohttp.ClientSession(server.url) as client:
        now = server.gateway.clock()
        server.gateway.hub.seq = server.gateway.hub.started = server.gateway.hub.resume_buffer.start_seq = now * 1000
        log = [record(market.signal("AAPL", n), now - (60 - n) * SECOND, n + offset) for n in range(20)]
        await restarted(server, log, limit)
        async with open_stream(client, signals=["*"]) as stream:
            await stream.send_json({"action": "resume", "from": (now - 62 * SECOND) * 1000})
            assert (await receive(stream))[0]["code"] == 411
            await stream.send_json({"action": "resume", "from": (now - 40 * SECOND) * 1000})
            assert [m["T"] for m in await receive_messages(stream, 5)] == ["success", "s", "s", "s", "s"]


async def test_a_client_does_not_wait_for_ever_and_keeps_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told to connect again, not that its messages are gone: that is not known yet."""
    monkeypatch.setattr("services.gateway.handlers.web_sockets.RESTORE_SECONDS", 0.05)
    async with running_gateway(tmp_path) as server, aiohttp.ClientSession(server.url) as client, asyncio.timeout(10):
        server.streams.live.restored.clear()
        async with open_stream(client, signals=["*"]) as stream:
            await stream.send_json({"action": "resume", "from": 1})
            assert (await stream.receive()).type == aiohttp.WSMsgType.CLOSE
            assert stream.close_code == 1013
        async with client.get("/v1/events?signals=*", headers={"Last-Event-ID": "1"}) as response:
            assert (await response.text()).count("event: ") == 1, "it ends after the subscription"
        server.streams.live.restored.set()
        async with open_stream(client, signals=["*"]) as stream:
            await stream.send_json({"action": "resume", "from": 1})
            assert (await receive(stream))[0]["code"] == 411
