"""A stand-in for Yahoo on a local socket: charts, cookies, crumbs and the stream, and its known bad responses."""

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
    """A response of the stand-in: a status and a body, or a failure."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    failure: str = ""
    """``hang``: no response; ``reset``: resets the connection; ``cut``: sends fewer bytes than announced."""


def ok(body: Mapping[str, Any]) -> Reply:
    """200 with JSON."""
    return Reply(body=json.dumps(body).encode())


@dataclass(frozen=True)
class ChartRequest:
    """A received request for a chart."""

    symbol: str
    query: Mapping[str, str]
    host: str
    cookie: str


@dataclass
class YahooStandIn:
    """Responds by symbol: with the scripted replies first, each once, then with ``default``."""

    scripted: dict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))
    default: Callable[[str, Mapping[str, str]], Reply] = lambda *_: Reply(404)
    crumb: str = "crumb-1"
    wants_crumb: bool = False
    requests: list[ChartRequest] = field(default_factory=list)
    crumbs_given: int = 0
    subscriptions: list[list[str]] = field(default_factory=list)
    streams: list[web.WebSocketResponse] = field(default_factory=list)
    refuse_streams: int = 0
    """If not 0: the status of the HTML response that replaces a stream."""
    cookies_hang: bool = False
    url: str = ""

    @property
    def stream_url(self) -> str:
        """The URL of the stream."""
        return self.url.replace("http", "ws", 1) + "/stream"

    def script(self, symbol: str, *replies: Reply) -> None:
        """Queue replies for a symbol."""
        self.scripted[symbol].extend(replies)

    async def stream_price(self, **values: Any) -> None:
        """Send a price to every open stream."""
        frame = json.dumps({"type": "pricing", "message": base64.b64encode(PricingData(**values).SerializeToString()).decode()})
        await self.send_text(frame)

    async def send_text(self, text: str) -> None:
        """Send any text to every open stream."""
        for stream in [each for each in self.streams if not each.closed]:
            await stream.send_str(text)

    async def close_streams(self) -> None:
        """Close every stream."""
        for stream in self.streams:
            await stream.close()

    async def _chart(self, request: web.Request) -> web.StreamResponse:
        symbol, query = request.match_info["symbol"], dict(request.query)
        self.requests.append(
            ChartRequest(symbol, query, request.headers.get("X-Forwarded-Host", ""), request.headers.get("Cookie", ""))
        )
        if self.wants_crumb and query.get("crumb") != self.crumb:
            fault = {"finance": {"result": None, "error": {"code": "Unauthorized", "description": "Invalid Crumb"}}}
            return web.json_response(fault, status=401)
        queued = self.scripted[symbol]
        return await self._send(request, queued.popleft() if queued else self.default(symbol, query))

    async def _send(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if reply.failure == "hang":
            await asyncio.sleep(3600)
        if reply.failure and request.transport is not None:
            if reply.failure == "cut":
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
