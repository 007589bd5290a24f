"""The answer with a file of a run: whole, or the part that Range asks for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from shared.run_files import FileFacts, RunReader

log: Final = structlog.get_logger("gateway.edge")


@dataclass(frozen=True)
class Span:
    """What of a file is sent: the bytes from ``start`` to before ``end``."""

    status: int
    start: int = 0
    end: int = 0


async def stored_file(
    request: web.Request, files: RunReader, folder: str, name: str, headers: Mapping[str, str]
) -> web.StreamResponse:
    """The answer, with its first part read. Raises OSError as ``RunReader`` does."""
    facts = await files.facts(folder, name)
    span = asked(request, facts)
    if span.status in {304, 416}:
        response: web.StreamResponse = web.Response(status=span.status, headers=headers)
    else:
        parts = files.parts(folder, name, facts, span.start, span.end if request.method != "HEAD" else span.start)
        response = StoredFileResponse(parts, await anext(parts, b""), span.status, headers)
        response.content_length = span.end - span.start
    if span.status == 206:
        response.headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{facts.size}"
    if span.status == 416:
        response.headers["Content-Range"] = f"bytes */{facts.size}"
    response.headers["Accept-Ranges"] = "bytes"
    response.etag = facts.version
    return response


def asked(request: web.Request, facts: FileFacts) -> Span:
    """What a request asks for (RFC 9110, sections 13 and 14)."""
    if any(tag.value in {facts.version, "*"} for tag in request.if_none_match or ()):
        return Span(304)
    if (since := request.headers.get("If-Range")) is not None and since != f'"{facts.version}"':
        return Span(200, 0, facts.size)
    unit, _, wanted = request.headers.get("Range", "").partition("=")
    if request.method != "GET" or unit.lower() != "bytes" or "," in wanted:  # several parts are sent as the whole
        return Span(200, 0, facts.size)
    try:
        found = request.http_range
    except ValueError:
        return Span(416)
    start = max(0, facts.size + found.start) if wanted.startswith("-") else found.start
    end = facts.size if found.stop is None else min(found.stop, facts.size)
    return Span(206, start, end) if start < end else Span(416)


class StoredFileResponse(web.StreamResponse):
    """Sends the parts one after the other as the client takes them.

    ``web.FileResponse`` would send a part of another file to a client that asks with If-Range and an ETag.
    """

    def __init__(self, parts: AsyncIterator[bytes], first: bytes, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(status=status, headers=headers)
        self._parts = parts
        self._first = first

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Send the headers and the file. Raises ConnectionError where a part cannot be read: the client sees that bytes lack."""
        writer = await super().prepare(request)
        if not self._first:
            return writer
        await self.write(self._first)
        try:
            async for part in self._parts:
                await self.write(part)
        except ConnectionError:
            raise
        except OSError as error:
            log.warning("a file cannot be read to its end", path=request.path, error=str(error))
            raise ConnectionAbortedError(str(error)) from error
        return writer
