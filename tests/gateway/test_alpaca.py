"""/v1/stream/alpaca, used by the real alpaca-py and by clients that do everything wrong."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from alpaca.data.live import StockDataStream
from alpaca.data.models import Bar, Trade

from shared.events import Timeframe
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway, create_key, running_gateway
from tests.until import until

PATH = "/v1/stream/alpaca"
PACKED = {"Content-Type": "application/msgpack"}


def address(server: RunningGateway) -> str:
    return server.url.replace("http", "ws") + PATH


async def test_the_real_client_subscribes_and_receives(server: RunningGateway) -> None:
    """alpaca-py connects, authenticates, subscribes in fragments, and makes its own objects of what it receives."""
    stream = StockDataStream("any", "any", url_override=address(server))
    trades: list[Trade] = []
    bars: list[Bar] = []
    daily: list[Bar] = []

    async def on_trade(trade: Trade | dict[Any, Any]) -> None:
        assert isinstance(trade, Trade)
        trades.append(trade)

    async def on_bar(bar: Bar | dict[Any, Any]) -> None:
        assert isinstance(bar, Bar)
        bars.append(bar)

    async def on_daily(bar: Bar | dict[Any, Any]) -> None:
        assert isinstance(bar, Bar)
        daily.append(bar)

    stream.subscribe_trades(on_trade, "AAPL")
    stream.subscribe_bars(on_bar, "*")
    stream.subscribe_updated_bars(on_bar, "AAPL")
    stream.subscribe_daily_bars(on_daily, "NVDA")
    running = asyncio.create_task(asyncio.to_thread(stream.run))
    try:
        await until(lambda: server.gateway.hub.is_subscribed("t"), what="the client to subscribe")
        server.feed.handle_event(market.tick("AAPL", 3))
        server.feed.handle_event(market.tick("NVDA", 3))
        for timeframe in (Timeframe.M1, Timeframe.M5, Timeframe.D1):
            for symbol in ("AAPL", "NVDA"):
                server.feed.handle_event(market.bar(symbol, 700, timeframe))
        await until(lambda: trades and len(bars) == 2 and daily, what="the messages")
        await asyncio.to_thread(stream.unsubscribe_bars, "*")
        await until(lambda: {key for key in server.gateway.hub.index if key[0] == "b"} == {("b", "NVDA")}, what="the change")
    finally:
        stream.stop()
        server.feed.handle_event(market.tick("AAPL", 4))  # the client looks whether it is stopped after each frame
        await running
    tick, bar = market.tick("AAPL", 3), market.bar("AAPL", 700, Timeframe.M1)
    trade = trades[0]
    assert (trade.symbol, trade.price, trade.size) == ("AAPL", tick.price, tick.size)
    assert trade.timestamp == dt.datetime.fromtimestamp(tick.ts_event / 1000, dt.UTC)
    first = bars[0]
    assert (first.symbol, first.open, first.high, first.low, first.close, first.volume) == (
        "AAPL", bar.open, bar.high, bar.low, bar.close, bar.volume,
    )  # fmt: skip
    assert first.timestamp == dt.datetime.fromtimestamp(bar.ts_open / 1000, dt.UTC), "the start of the minute, as Alpaca's"
    assert (first.trade_count, first.vwap) == (None, None), "unknown is not zero"
    assert [each.symbol for each in bars] == ["AAPL", "NVDA"]
    assert [each.symbol for each in daily] == ["NVDA"]


async def test_a_size_that_is_unknown_is_no_zero(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    tick = market.tick("AAPL", 4)
    unknown = type(tick)(symbol="AAPL", price=1.0, ts_event=tick.ts_event, ts_init=0, source="yahoo-stream", day_volume=5e6)
    async with client.ws_connect(PATH, headers=PACKED) as packed, client.ws_connect(PATH) as plain:
        assert msgspec.msgpack.decode(await packed.receive_bytes()) == [{"T": "success", "msg": "connected"}]
        assert await plain.receive_json() == [{"T": "success", "msg": "connected"}]
        await packed.send_bytes(msgspec.msgpack.encode({"action": "subscribe", "trades": ["AAPL"]}))
        await plain.send_json({"action": "subscribe", "trades": ["*"]})
        assert msgspec.msgpack.decode(await packed.receive_bytes())[0]["trades"] == ["AAPL"]
        assert (await plain.receive_json())[0]["trades"] == ["*"]
        server.feed.handle_event(unknown)
        (found,) = msgspec.msgpack.decode(await packed.receive_bytes())
        assert (found["T"], found["S"], found["p"]) == ("t", "AAPL", 1.0)
        assert math.isnan(found["s"])
        assert (await plain.receive_json())[0]["s"] is None


@pytest.mark.parametrize(
    ("action", "code", "about"),
    [
        ({"action": "subscribe", "quotes": ["AAPL"]}, 410, "no bids and asks"),
        ({"action": "subscribe", "trades": ["AAPL"], "orderbooks": ["AAPL"]}, 410, "order books"),
        ({"action": "subscribe", "bars": ["NOPE"]}, 410, "no instrument 'NOPE'"),
        ({"action": "subscribe", "bars": ["industry:ai"]}, 400, "not a symbol"),
        ({"action": "subscribe", "bars": "AAPL"}, 400, "array"),
        ({"action": "dance"}, 400, "dance"),
        ({"action": "unsubscribe", "news": ["AAPL"]}, 410, "/v1/stream"),
        ([], 400, "object"),
    ],
)
async def test_what_is_not_of_this_feed_is_an_error_and_changes_nothing(
    server: RunningGateway, client: aiohttp.ClientSession, action: Any, code: int, about: str
) -> None:
    async with client.ws_connect(PATH, headers=PACKED) as stream:
        await stream.receive_bytes()
        await stream.send_bytes(msgspec.msgpack.encode({"action": "subscribe", "dailyBars": ["AAPL"]}))
        before = msgspec.msgpack.decode(await stream.receive_bytes())[0]
        await stream.send_bytes(msgspec.msgpack.encode(action))
        (error,) = msgspec.msgpack.decode(await stream.receive_bytes())
        assert (error["T"], error["code"]) == ("error", code)
        assert about in error["msg"]
        await stream.send_bytes(b"\xc1")  # no MessagePack at all
        assert msgspec.msgpack.decode(await stream.receive_bytes())[0]["code"] == 400
        await stream.send_bytes(msgspec.msgpack.encode({"action": "unsubscribe", "bars": ["AAPL"]}))
        assert msgspec.msgpack.decode(await stream.receive_bytes())[0] == before, "daily bars stay, though both are bars here"
        assert set(server.gateway.hub.index) == {("b", "AAPL")}


async def test_the_symbols_of_all_channels_are_limited(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    """Also those of a channel that never has a message."""
    async with client.ws_connect(PATH) as stream:
        await stream.receive_json()
        await stream.send_json({"action": "subscribe", "bars": ["AAPL"], "updatedBars": [f"S{n}" for n in range(999)]})
        assert len((await stream.receive_json())[0]["updatedBars"]) == 999
        await stream.send_json({"action": "subscribe", "updatedBars": ["NVDA"]})
        (error,) = await stream.receive_json()
        assert (error["code"], "1000" in error["msg"]) == (405, True)
        await stream.send_json({"action": "unsubscribe", "updatedBars": [f"S{n}" for n in range(999)]})
        assert (await stream.receive_json())[0]["updatedBars"] == [], "the one too many was not added"
        assert set(server.gateway.hub.index) == {("b", "AAPL")}


async def test_a_private_stream_needs_a_key(tmp_path: Path) -> None:
    private = running_gateway(tmp_path, public_read=False)
    async with private as server, aiohttp.ClientSession(server.url) as client, client.ws_connect(PATH) as stream:
        await stream.receive_json()
        await stream.send_json({"action": "subscribe", "trades": ["AAPL"]})
        assert (await stream.receive_json())[0]["code"] == 401
        await stream.send_json({"action": "auth", "key": "PK123", "secret": "wrong"})
        assert (await stream.receive_json())[0]["code"] == 402
        await stream.send_json({"action": "auth", "key": "any", "secret": await create_key(server, "read")})
        assert await stream.receive_json() == [{"T": "success", "msg": "authenticated"}]
        await stream.send_json({"action": "subscribe", "trades": ["AAPL"]})
        assert (await stream.receive_json())[0]["trades"] == ["AAPL"]
