"""A store of files on a real socket: a folder that is read, listed and written over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler


class RunStore:
    """Serves a folder. ``mode``: ``works``, ``fails`` (500), ``hangs``, ``cut``: later parts of a file have no bytes, or
    ``whole``: a file is always sent whole, and ``sent`` counts its bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.mode = "works"
        self.asked: list[str] = []
        self.sent = 0
        self.url = ""

    def application(self) -> web.Application:
        """The folder at ``/runs/``."""
        app = web.Application(middlewares=[self._as_told], client_max_size=2**26)
        self.folder.mkdir(parents=True, exist_ok=True)
        app.router.add_put("/runs/{path:.+}", self._put)
        app.router.add_get("/runs/{path:.*}", self._get)
        return app

    @web.middleware
    async def _as_told(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path} {request.headers.get('Range', '')}".strip())
        if self.mode == "hangs":
            await asyncio.Event().wait()
        if self.mode == "fails" or (self.mode == "cut" and request.headers.get("Range", "bytes=0-").split("=")[1][:2] != "0-"):
            return web.Response(status=500)
        return await handler(request)

    async def _get(self, request: web.Request) -> web.StreamResponse:
        """A file, or a folder as a page of links, as nginx shows it."""
        found = (self.folder / request.match_info["path"]).resolve()
        if not found.is_relative_to(self.folder) or not found.exists():
            return web.Response(status=404)
        if found.is_file() and self.mode == "whole" and request.method == "GET":
            return await self._whole(request, found)
        if found.is_file():
            return web.FileResponse(found)
        links = "".join(f'<a href="{each.name}{"/" * each.is_dir()}">{each.name}</a>' for each in sorted(found.iterdir()))
        return web.Response(text=f"<html><body>{links}</body></html>", content_type="text/html")

    async def _whole(self, request: web.Request, file: Path) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = (await asyncio.to_thread(file.stat)).st_size
        await response.prepare(request)
        with file.open("rb") as opened:
            while part := opened.read(65_536):
                await response.write(part)
                self.sent += len(part)
        return response

    async def _put(self, request: web.Request) -> web.Response:
        target = self.folder / request.match_info["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(await request.read())
        return web.Response(status=201)


@asynccontextmanager
async def run_store(folder: Path) -> AsyncIterator[RunStore]:
    """A store of ``folder`` that listens until the block ends."""
    store = RunStore(folder)
    runner = web.AppRunner(store.application(), shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        store.url = f"http://127.0.0.1:{port}/runs"
        yield store
    finally:
        await runner.cleanup()
