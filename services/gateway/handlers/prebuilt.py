"""Cached answers with their headers encoded in advance.

aiohttp spends half of a cached request on building and encoding headers. A ``PrebuiltResponse`` holds them as bytes. It is used for
plain ``GET``s on kept-alive HTTP/1.1 connections; other requests get a normal response.
"""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any, Final

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter
from multidict import CIMultiDict

from services.gateway.domain.accept_encoding import accepts_gzip
from services.gateway.domain.rate_window import Hit
from services.gateway.handlers.cache import MIN_GZIP_BYTES, Cache, CachedAnswer

BUFFER: Final = 65_536
"""A client with more unread bytes gets a normal response, which waits until the socket accepts it."""

RATE: Final = web.RequestKey("rate", Hit)
RATE_LINES: Final = b"RateLimit-Limit: %d\r\nRateLimit-Remaining: %d\r\nRateLimit-Reset: %d\r\n"

_second, _date = 0, b""


class PrebuiltResponse(web.Response):
    """A response as bytes. It holds no state of a request, so one object is used for all of them."""

    @property
    def prepared(self) -> bool:
        """True: the headers are bytes already, and none can be added."""
        return True

    def __init__(self, route: str, headers: CIMultiDict[str], body: bytes) -> None:
        super().__init__(status=200)
        self.route = route
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._bytes = f"HTTP/1.1 200 OK\r\n{lines}Content-Length: {len(body)}\r\n".encode(), body

    @property
    def keep_alive(self) -> bool | None:
        return True

    async def prepare(self, request: Any) -> AbstractStreamWriter | None:
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("the client has disconnected")
        head, body = self._bytes
        hit: Hit | None = request.get(RATE)
        rate = b"" if hit is None else RATE_LINES % (hit.limit, hit.remaining, hit.reset)
        transport.write(b"".join((head, rate, date(), body)))
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing: ``prepare`` has written everything."""


def rate_headers(hit: Hit) -> dict[str, str]:
    """The headers that say how many requests are left."""
    return {
        "RateLimit-Limit": str(hit.limit),
        "RateLimit-Remaining": str(hit.remaining),
        "RateLimit-Reset": str(hit.reset),
    }


def date() -> bytes:
    """The Date header and the end of the headers; encoded once a second."""
    global _second, _date
    now = int(time.time())
    if now != _second:
        _second, _date = now, f"Date: {formatdate(now, usegmt=True)}\r\n\r\n".encode()
    return _date


def prebuilt_response(cache: Cache, request: web.Request) -> PrebuiltResponse | None:
    """The prebuilt response to this request; None where there is none or the request needs a normal response."""
    if request.method != "GET" or request.version != HttpVersion11:
        return None
    cached = cache.get(request.raw_path)
    if cached is None:
        return None
    headers = request.headers
    if "If-None-Match" in headers or not request.keep_alive:
        return None
    transport = request.transport
    if transport is None or transport.get_write_buffer_size() > BUFFER:
        return None
    return _packed(cached) if accepts_gzip(headers.get("Accept-Encoding", "")) else _plain(cached)


def _plain(cached: CachedAnswer) -> PrebuiltResponse:
    response: PrebuiltResponse | None = cached.plain_response
    if response is None:
        response = cached.plain_response = PrebuiltResponse(cached.route, headers_of(cached), cached.answer.body)
    return response


def _packed(cached: CachedAnswer) -> PrebuiltResponse | None:
    if len(cached.answer.body) <= MIN_GZIP_BYTES:
        return _plain(cached)
    response: PrebuiltResponse | None = cached.gzip_response
    if response is None and cached.gzipped is not None:  # the first normal response compresses the body
        headers = headers_of(cached)
        headers["Content-Encoding"] = "gzip"
        response = cached.gzip_response = PrebuiltResponse(cached.route, headers, cached.gzipped)
    return response


def headers_of(cached: CachedAnswer) -> CIMultiDict[str]:
    """The headers of an answer, without its length."""
    headers = cached.headers.copy()
    headers["ETag"] = cached.etag
    return headers
