"""The files of runs, as analysis research has written them: sent as they are, or read as JSON."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Final

import msgspec
import structlog
from aiohttp import web

from services.gateway.domain.problems import RequestError
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.problems import API_HEADERS
from services.gateway.handlers.stored_file import stored_file
from shared.run_files import RunReader

log: Final = structlog.get_logger("gateway.edge")

TYPES: Final = MappingProxyType(
    {
        ".parquet": "application/vnd.apache.parquet",
        ".json": "application/json",
        ".md": "text/markdown; charset=utf-8",
        ".png": "image/png",
        ".html": "text/html; charset=utf-8",
    }
)
OPENED: Final = MappingProxyType(
    {".html": "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'"}
)
"""The content security policy of what a browser opens in place of saving it: a page without scripts, whose pictures are in it."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""Size of a file that is read as JSON."""


async def send(request: web.Request, files: RunReader, folder: str, name: str) -> web.StreamResponse:
    """A file as it is, in parts if the request has a Range. The ETag changes with the file.

    Raises:
        RequestError: 404 where there is no such file, 503 where its place cannot be reached.
    """
    suffix = PurePath(name).suffix
    inline = suffix in OPENED or suffix == ".png"
    headers = {
        **{key: value for key, value in API_HEADERS.items() if key != "Server"},
        "Content-Security-Policy": OPENED.get(suffix, API_HEADERS["Content-Security-Policy"]),
        "Content-Type": TYPES.get(suffix, "application/octet-stream"),
        "Content-Disposition": f'{"inline" if inline else "attachment"}; filename="{name}"',
        "Cache-Control": "no-cache",
    }
    with problems_of(name):
        return await stored_file(request, files, folder, name, headers)


def file_endpoint(
    gateway: Gateway, send: Callable[[Gateway, web.Request, str, str], Awaitable[web.StreamResponse]]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The aiohttp handler of files. ``send``: called with the gateway, the request, the id and the name in its path."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if unknown := next(iter(request.query), None):
            raise RequestError("unknown-parameter", f"{unknown!r:.80} is not a parameter of this resource", field=unknown[:80])
        return await send(gateway, request, request.match_info["id"], request.match_info["name"])

    return answer


async def read_json(files: RunReader, folder: str, name: str, of: Any) -> Any:
    """A file as a type. Raises RequestError if it is missing, damaged or too large."""
    with problems_of(name):
        body = await files.read(folder, name, MOST_BYTES)
    try:
        return await asyncio.to_thread(msgspec.json.decode, body, type=of)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RequestError("unavailable", f"the file {name} cannot be read: {error}", field="name", value=name) from error


@contextmanager
def problems_of(name: str) -> Iterator[None]:
    """Errors of reading a file as RequestError."""
    try:
        yield
    except FileNotFoundError as error:
        raise RequestError(
            "not-found", f"the file {name} is not where this gateway reads files of runs", field="name", value=name
        ) from error
    except OSError as error:
        log.warning("a file cannot be read", name=name, error=str(error))
        reason = (
            f"it is too large to be shown, at most {MOST_BYTES} bytes are: download it"
            if error.errno == errno.EFBIG
            else "files of runs cannot be read now"
        )
        raise RequestError("unavailable", f"the file {name}: {reason}", field="name", value=name) from error
