"""A stand-in for publishers on a local socket: feeds, pages and robots.txt, and what goes wrong with them."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(frozen=True)
class Reply:
    """A response: a status, headers and a body, or a failure."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""
    """``drip``: a byte now and then, for ever; ``cut``: fewer bytes than announced; ``reset``: no response; ``endless``: no length
    and no end."""


def rss(items: str, channel: str = "") -> bytes:
    """An RSS document of these items."""
    head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>'
    return f"{head}<title>t</title><link>https://a.example/</link>{channel}{items}</channel></rss>".encode()


def item(title: str = "A title", link: str = "https://a.example/1", date: str = "", more: str = "") -> str:
    """An item of RSS; ``title`` is XML."""
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    linked = f"<link>{link}</link>" if link else ""
    return f"<item><title>{title}</title>{linked}{dated}{more}</item>"


@dataclass(frozen=True)
class Request:
    """A received request."""

    path: str
    host: str
    headers: Mapping[str, str]


@dataclass
class Publishers:
    """Responds by path: with the scripted replies first, each once, then with the last one again."""

    port: int = 0
    replies: dict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))
    requests: list[Request] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def serve(self, path: str, *replies: Reply) -> str:
        """Set the replies of a path; returns its URL."""
        self.replies[path] = deque(replies)
        return self.url(path)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def asked(self, path: str) -> list[Request]:
        """The requests for a path."""
        return [each for each in self.requests if each.path == path]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(Request(request.path_qs, request.host, dict(request.headers)))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._answer(request)
        finally:
            self.at_once -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        known = self.replies.get(request.path_qs)
        if not known:
            return web.Response(status=404)
        reply = known[0] if len(known) == 1 else known.popleft()
        if not reply.failure:
            return web.Response(body=reply.body, status=reply.status, headers=dict(reply.headers))
        if reply.failure == "reset":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        response = web.StreamResponse(status=200, headers=dict(reply.headers))
        if reply.failure == "cut":
            response.content_length = len(reply.body) + 100
        await response.prepare(request)
        with suppress(ConnectionError):
            await self._stream(response, reply)
        if reply.failure == "cut" and request.transport is not None:
            request.transport.abort()
        return response

    async def _stream(self, response: web.StreamResponse, reply: Reply) -> None:
        if reply.failure == "cut":
            await response.write(reply.body)
        while reply.failure == "endless":
            await response.write(b" " * 65_536)
        while reply.failure == "drip":
            await response.write(b" ")
            await asyncio.sleep(0.05)  # the stand-in's own slowness


@asynccontextmanager
async def open_publishers(host: str = "127.0.0.1") -> AsyncIterator[Publishers]:
    """The stand-in on a free port."""
    publishers = Publishers()
    application = web.Application()
    application.router.add_get("/{path:.*}", publishers.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, host, 0)
    await site.start()
    publishers.port = runner.addresses[0][1]
    try:
        yield publishers
    finally:
        await runner.cleanup()
