"""permessage-deflate: asked for, long frames are compressed, once for all clients."""

from __future__ import annotations

import json
import zlib

import aiohttp
import pytest

from services.gateway.handlers.sending import MIN_DEFLATED_BYTES, frame
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway


@pytest.mark.parametrize("window", [0, 15, 9])
async def test_a_client_that_asks_for_it_gets_compressed_frames(server: RunningGateway, window: int) -> None:
    async with aiohttp.ClientSession(server.url) as client, client.ws_connect("/v1/stream", compress=window) as stream:
        await stream.receive()
        await stream.send_json({"action": "subscribe", "signals": ["*"]})
        await stream.receive()
        (connection,) = server.streams.live.sockets.values()
        assert connection.deflated == (window == 15), "frames for smaller windows would have to be compressed once more"
        seen: list[str] = []
        for first in (0, 20):  # the second frame does not depend on the first one
            for n in range(first, first + 20):
                server.feed.handle_event(market.signal("NVDA", n))
            while len(seen) < first + 20:
                seen += [message["id"] for message in await stream.receive_json()]
        assert seen == [market.signal("NVDA", n).id for n in range(40)]


def test_only_long_frames_are_compressed() -> None:
    short, long = b"[%b]" % (b"1" * (MIN_DEFLATED_BYTES - 3)), json.dumps([{"symbol": "AAPL"}] * 200).encode()
    assert frame(short, deflated=True) == frame(short)
    sent = frame(long, deflated=True)
    assert (sent[0], frame(long)[0]) == (0xC1, 0x81)
    assert len(sent) < len(long) / 10
    assert zlib.decompress(sent[4 if sent[1] == 0x7E else 2 :] + b"\x00\x00\xff\xff\x03\x00", -zlib.MAX_WBITS) == long
    assert frame(long, deflated=False)[0] == 0x81


async def test_a_client_may_send_compressed_actions_within_the_limit(server: RunningGateway) -> None:
    async with aiohttp.ClientSession(server.url) as client, client.ws_connect("/v1/stream", compress=15) as stream:
        await stream.receive()
        await stream.send_json({"action": "subscribe", "quotes": ["AAPL"] * 900})
        assert (await stream.receive_json())[0]["quotes"] == ["AAPL"]
        await stream.send_str('{"action":"subscribe","quotes":["' + "A" * 10_000_000 + '"]}')
        assert (await stream.receive()).type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}
