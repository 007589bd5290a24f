"""Yahoo on a local socket: charts, cookies, crumbs and the streamer, and every bad answer that it is known for."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from yfinance.pricing_pb2 import PricingData


@dataclass(frozen=True)
class Reply:
    """What the stand-in sends: a status and a body, or a misdeed instead."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    misdeed: str = ""
    """``hang``: never answers; ``reset``: breaks the connection; ``cut``: promises more bytes than it sends."""


def ok(body: Mapping[str, Any]) -> Reply:
    """200 with JSON."""
    return Reply(body=json.dumps(body).encode())


@dataclass(frozen=True)
class Asked:
    """A question for a chart."""

    symbol: str
    query: Mapping[str, str]
    host: str
    cookie: str


@dataclass
class YahooStandIn:
    """Answers by symbol: the scripted ones first, one each, then what ``default`` makes."""

    scripted: dict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))
    default: Callable[[str, Mapping[str, str]], Reply] = lambda *_: Reply(404)
    crumb: str = "crumb-1"
    wants_crumb: bool = False
    asked: list[Asked] = field(default_factory=list)
    crumbs_given: int = 0
    subscriptions: list[list[str]] = field(default_factory=list)
    streams: list[web.WebSocketResponse] = field(default_factory=list)
    refuse_streams: int = 0
    """Where not 0: the status of the answer that a stream gets instead, with HTML in it."""
    cookies_hang: bool = False
    url: str = ""

    @property
    def stream_url(self) -> str:
        """Where the streamer listens."""
        return self.url.replace("http", "ws", 1) + "/stream"

    def script(self, symbol: str, *replies: Reply) -> None:
        """Queue answers for a symbol."""
        self.scripted[symbol].extend(replies)

    async def tell(self, **values: Any) -> None:
        """Send a price to every open stream."""
        frame = json.dumps({"type": "pricing", "message": base64.b64encode(PricingData(**values).SerializeToString()).decode()})
        await self.say(frame)

    async def say(self, text: str) -> None:
        """Send any text to every open stream."""
        for stream in [each for each in self.streams if not each.closed]:
            await stream.send_str(text)

    async def hang_up(self) -> None:
        """Close every stream."""
        for stream in self.streams:
            await stream.close()

    async def _chart(self, request: web.Request) -> web.StreamResponse:
        symbol, query = request.match_info["symbol"], dict(request.query)
        self.asked.append(Asked(symbol, query, request.headers.get("X-Forwarded-Host", ""), request.headers.get("Cookie", "")))
        if self.wants_crumb and query.get("crumb") != self.crumb:
            fault = {"finance": {"result": None, "error": {"code": "Unauthorized", "description": "Invalid Crumb"}}}
            return web.json_response(fault, status=401)
        waiting = self.scripted[symbol]
        return await self._send(request, waiting.popleft() if waiting else self.default(symbol, query))

    async def _send(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if reply.misdeed == "hang":
            await asyncio.sleep(3600)
        if reply.misdeed and request.transport is not None:
            if reply.misdeed == "cut":
                answer = web.StreamResponse(status=reply.status, headers={"Content-Length": str(len(reply.body) + 1000)})
                await answer.prepare(request)
                await answer.write(reply.body)
            request.transport.abort()
        return web.Response(status=reply.status, body=reply.body, content_type=reply.content_type)

    async def _crumb(self, _: web.Request) -> web.Response:
        self.crumbs_given += 1
        return web.Response(text=self.crumb)

    async def _cookie(self, _: web.Request) -> web.Response:
        if self.cookies_hang:
            await asyncio.sleep(3600)
        answer = web.Response(status=404, text="")
        answer.set_cookie("A3", "d=cookie", domain=None, max_age=31_536_000)
        return answer

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if self.refuse_streams:
            return web.Response(status=self.refuse_streams, text="<html>no</html>", content_type="text/html")
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        self.streams.append(stream)
        async for message in stream:
            if message.type is WSMsgType.TEXT:
                self.subscriptions.append(json.loads(message.data)["subscribe"])
        return stream


@asynccontextmanager
async def yahoo_stand_in() -> AsyncIterator[YahooStandIn]:
    """A running stand-in on a free port."""
    yahoo = YahooStandIn()
    app = web.Application()
    app.router.add_get("/v8/finance/chart/{symbol}", yahoo._chart)
    app.router.add_get("/v1/test/getcrumb", yahoo._crumb)
    app.router.add_get("/stream", yahoo._stream)
    app.router.add_get("/", yahoo._cookie)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yahoo.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield yahoo
    finally:
        await runner.cleanup()
