"""Answers that are finished down to their header bytes: a cached read costs no header work.

aiohttp spends half of such a request on building and serialising headers. A ``Ready`` response has them ready; it is used for plain
``GET``s on kept-alive HTTP/1.1 connections, everything else takes the usual way.
"""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any, Final

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter
from multidict import CIMultiDict

from services.gateway.domain.encodings import takes_gzip
from services.gateway.handlers.cache import ALWAYS_SMALL, Cache, Entry

BUFFER: Final = 65_536
"""A client with more than this unread gets his next answer the usual way, which waits for him."""

_second, _date = 0, b""


class Ready(web.Response):
    """A response as bytes. Holds no state of a request, so that one object serves all."""

    def __init__(self, headers: CIMultiDict[str], body: bytes) -> None:
        super().__init__(status=200)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._bytes = f"HTTP/1.1 200 OK\r\n{lines}Content-Length: {len(body)}\r\n".encode(), body

    @property
    def keep_alive(self) -> bool | None:
        return True

    async def prepare(self, request: Any) -> AbstractStreamWriter | None:
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("the client has gone")
        head, body = self._bytes
        transport.write(b"".join((head, date(), body)))
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to write."""


def date() -> bytes:
    """The Date header and the end of the headers; made once a second."""
    global _second, _date
    now = int(time.time())
    if now != _second:
        _second, _date = now, f"Date: {formatdate(now, usegmt=True)}\r\n\r\n".encode()
    return _date


def ready(cache: Cache, request: web.Request) -> Ready | None:
    """The finished answer to this request, where there is one and it may be used."""
    if request.method != "GET" or request.version != HttpVersion11:
        return None
    found = cache.get(request.raw_path)
    if found is None:
        return None
    headers = request.headers
    if "If-None-Match" in headers or not request.keep_alive:
        return None
    transport = request.transport
    if transport is None or transport.get_write_buffer_size() > BUFFER:
        return None
    return _packed(found) if takes_gzip(headers.get("Accept-Encoding", "")) else _plain(found)


def _plain(found: Entry) -> Ready:
    done: Ready | None = found.ready
    if done is None:
        done = found.ready = Ready(headers_of(found), found.answer.body)
    return done


def _packed(found: Entry) -> Ready | None:
    if len(found.answer.body) <= ALWAYS_SMALL:
        return _plain(found)
    done: Ready | None = found.ready_packed
    if done is None and found.packed is not None:  # the usual way compresses it first, perhaps in a thread
        headers = headers_of(found)
        headers["Content-Encoding"] = "gzip"
        done = found.ready_packed = Ready(headers, found.packed)
    return done


def headers_of(found: Entry) -> CIMultiDict[str]:
    """The headers of an answer, without its length."""
    headers = found.headers.copy()
    headers["ETag"] = found.etag
    return headers
