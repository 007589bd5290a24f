"""The servers that ``bench.gateway`` compares, each a process: ``python -m bench.gateway_servers NAME PORT DATABASE``."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import aiosqlite
import msgspec
import uvloop
from aiohttp import web

from services.gateway.adapters.event_feed import EventFeed
from services.gateway.adapters.history import open_history
from services.gateway.adapters.open_files import allow_open_files
from services.gateway.app import serve, wire
from services.gateway.domain.api_models import Bar as View
from services.gateway.domain.api_models import Instrument, bar
from services.gateway.handlers.application import OpenStreams, application
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.sending import Flusher
from services.gateway.handlers.server_sent_events import EventStreams
from services.gateway.handlers.web_sockets import WebSocketStreams
from services.gateway.settings import Settings
from shared.db import open_database
from shared.events import Bar, Signal, Timeframe

BARS: Final = 250
DAY: Final = 86_400_000
START: Final = 1_600_000_000_000
CLIENTS: Final = 500
RATE: Final = 50
"""Messages a second to each client."""
CROWD: Final = 5000
CROWD_RATE: Final = 2


def bars(count: int = BARS) -> list[Bar]:
    """Random daily bars of a stock."""
    walk = random.Random(1)  # noqa: S311 - prices of a benchmark
    price, found = 100.0, []
    for n in range(count):
        close = round(price * (1 + walk.gauss(0, 0.01)), 2)
        found.append(
            Bar(
                symbol="AAPL", timeframe=Timeframe.D1, ts_open=START + n * DAY - DAY, ts_event=START + n * DAY, ts_init=0,
                session=20_240_102, open=price, high=max(price, close), low=min(price, close), close=close,
                volume=float(walk.randrange(10**7)), source="replay", replayed=True,
            )
        )  # fmt: skip
        price = close
    return found


async def ours(port: int, database: str, *, filled: bool = True, clients: int = CLIENTS, rate: int = RATE) -> None:
    """The real gateway with limits and metrics, without Kafka."""
    settings = Settings(port=port, database_url=database, rate_limit="100000000/minute", max_readers_per_address=clients)
    allow_open_files(clients)
    async with open_database(settings.database_url, pool_size=8) as opened, open_history(opened) as history:
        gateway = wire(settings, history)
        known = Instrument("AAPL", "Apple", "애플", "NASDAQ", "USD", "stock", "", [], active=True)
        gateway.directory = type(gateway.directory)(instruments={"AAPL": known})
        flusher = Flusher(gateway.hub, settings.flush_seconds)
        live = WebSocketStreams(settings, gateway.hub, flusher, gateway.authentication, gateway.clock)
        streams = OpenStreams(
            live, WebSocketStreams(settings, gateway.test_hub, flusher, gateway.authentication, gateway.clock), EventStreams(live)
        )
        if filled:
            for event in bars():
                gateway.market.put_bar(event)
        app = application(gateway, streams)
        async with serve(app, streams, settings):
            await asyncio.gather(flusher.run(lambda: False), _publish(gateway, clients, rate))


async def _publish(gateway: Gateway, clients: int, rate: int) -> None:
    """Publish signals at a constant rate once all clients are connected; each contains its time of creation."""
    feed = EventFeed(gateway.market, gateway.hub, live=lambda: True)
    n = 0
    while True:
        if len(gateway.hub.subscribers) >= clients:
            n += 1
            feed.handle_event(
                Signal(
                    id=f"{n:032x}", rule="bench", rule_version=1, params={}, direction="up", symbol="AAPL", timeframe=Timeframe.D1,
                    ts_event=START, ts_init=START, price=1.0, evidence={"made": time.time()},
                )
            )  # fmt: skip
        await asyncio.sleep(1 / rate)


async def empty(port: int, database: str) -> None:
    """The gateway with nothing in memory: every read goes to the database."""
    await ours(port, database, filled=False)


async def crowd(port: int, database: str) -> None:
    """The gateway with many streams."""
    await ours(port, database, clients=CROWD, rate=CROWD_RATE)


async def raw(port: int, _: str) -> None:
    """The upper bound: aiohttp sends a prepared body."""
    body = page(bars())

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    await listen(handler, port)


async def encoding(port: int, _: str) -> None:
    """aiohttp, encoding every response."""
    rows = bars()

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=page(rows), content_type="application/json")

    await listen(handler, port)


async def driver(port: int, database: str) -> None:
    """Aiohttp and the bare driver with a pool of connections: no SQLAlchemy, no checks, no merge."""
    pool: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
    for _ in range(8):
        pool.put_nowait(await aiosqlite.connect(database.split("///", 1)[1]))
    sql = (
        "select ts_close, ts_open, session, open, high, low, close, volume, replayed from bars "
        "where symbol = ? and timeframe = ? and ts_close <= ? order by ts_close desc limit ?"
    )
    encode = msgspec.json.Encoder().encode

    async def handler(_: web.Request) -> web.Response:
        connection = await pool.get()
        try:
            rows = await connection.execute_fetchall(sql, ("AAPL", "1d", 2**53, BARS))
        finally:
            pool.put_nowait(connection)
        found = [dict(zip(View.__struct_fields__, row, strict=False)) for row in rows]
        return web.Response(body=encode({"results": found, "warnings": []}), content_type="application/json")

    await listen(handler, port)


def fastapi(port: int, _: str) -> None:
    """FastAPI on uvicorn (uvloop, httptools), sending a prepared body."""
    import uvicorn
    from fastapi import FastAPI, Response

    app, body = FastAPI(), page(bars())

    async def handler() -> Response:
        return Response(content=body, media_type="application/json")

    app.add_api_route("/v1/bars", handler)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False, loop="uvloop", http="httptools")


def page(events: list[Bar]) -> bytes:
    """The response with 250 bars."""
    return msgspec.json.encode({"results": [bar(event, adjusted=False) for event in events], "warnings": []})


async def listen(handler: Callable[[web.Request], Awaitable[web.Response]], port: int) -> None:
    """Serve one handler until cancelled."""
    app = web.Application()
    app.router.add_get("/v1/bars", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


SERVERS: Final[dict[str, Callable[[int, str], Any]]] = {
    "ours": ours,
    "empty": empty,
    "crowd": crowd,
    "raw": raw,
    "encoding": encoding,
    "driver": driver,
}


def main(name: str, port: int, database: str) -> None:
    """Run one server until it is killed."""
    if name == "fastapi":
        fastapi(port, database)
        return
    Path("var").mkdir(exist_ok=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(SERVERS[name](port, database))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
