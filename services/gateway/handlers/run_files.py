"""The files of runs, as analysis research has written them: sent as they are, or read as JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec
from aiohttp import web
from aiohttp.typedefs import LooseHeaders

from services.gateway.domain.datasets import NAME
from services.gateway.domain.problems import RequestError
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.problems import API_HEADERS

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


async def find(root: Path, folder: str, name: str, about: str) -> Path:
    """The place of a file. ``about``: what the files are of.

    Raises:
        RequestError: it is not below ``root``.
    """
    path = await asyncio.to_thread(_place, root, folder, name) if NAME.fullmatch(name) else None
    if path is None:
        raise RequestError("unavailable", f"the file {name} is not where this gateway reads {about}", field="name", value=name)
    return path


def file_response(path: Path) -> web.FileResponse:
    """A file as it is on disk, in parts if the request has a Range. The ETag changes with the file."""
    inline = path.suffix in OPENED or path.suffix == ".png"
    headers: LooseHeaders = {
        **{key: value for key, value in API_HEADERS.items() if key != "Server"},
        "Content-Security-Policy": OPENED.get(path.suffix, API_HEADERS["Content-Security-Policy"]),
        "Content-Type": TYPES.get(path.suffix, "application/octet-stream"),
        "Content-Disposition": f'{"inline" if inline else "attachment"}; filename="{path.name}"',
        "Cache-Control": "no-cache",
    }
    return web.FileResponse(path, headers=headers)


def file_endpoint(
    gateway: Gateway, send: Callable[[Gateway, str, str], Awaitable[web.StreamResponse]]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The aiohttp handler of files. ``send``: called with the gateway, the id and the name in the path."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if unknown := next(iter(request.query), None):
            raise RequestError("unknown-parameter", f"{unknown!r:.80} is not a parameter of this resource", field=unknown[:80])
        return await send(gateway, request.match_info["id"], request.match_info["name"])

    return answer


async def read_json(path: Path, of: Any) -> Any:
    """A file as a type. Raises RequestError if it is damaged or too large."""
    try:
        return await asyncio.to_thread(_decoded, path, of)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RequestError("unavailable", f"the file {path.name} of this job cannot be read: {error}") from error


def _decoded(path: Path, of: Any) -> Any:
    if (size := path.stat().st_size) > MOST_BYTES:
        raise RequestError("unavailable", f"{path.name} has {size} bytes, at most {MOST_BYTES} are shown: download the file")
    return msgspec.json.decode(path.read_bytes(), type=of)


def _place(root: Path, folder: str, name: str) -> Path | None:
    """The file, if it is a file inside of the root: links must not lead out of it."""
    if not folder:
        return None
    try:
        found, inside = (root / folder / name).resolve(strict=True), root.resolve(strict=True)
    except OSError:
        return None
    return found if found.is_file() and found.is_relative_to(inside) else None
