"""The aiohttp application: the tables of routes, tied to what they need."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from services.gateway.handlers import openapi, rest
from services.gateway.handlers.cache import Answer, Entry, entry
from services.gateway.handlers.edge import Edge
from services.gateway.handlers.events import EventStreams
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.routes import ROUTES
from services.gateway.handlers.site import Site
from services.gateway.handlers.stream import Streams

VERSION: Final = "0.1.0"


@dataclass(frozen=True)
class Doors:
    """The open streams, for whoever has to close them."""

    live: Streams
    test: Streams
    events: EventStreams


def application(gateway: Gateway, doors: Doors) -> web.Application:
    """Everything that the gateway answers."""
    app = web.Application(
        middlewares=[Edge(gateway.settings, gateway.cache).middleware()], client_max_size=gateway.settings.max_body
    )
    for route in ROUTES:
        app.router.add_get(route.path, rest.endpoint(route, gateway))
    site = Site(gateway.settings.page)
    document = entry(Answer(json.dumps(openapi.document(VERSION)).encode()))
    app.router.add_get("/openapi.json", _document(document))
    app.router.add_get("/v1/stream", doors.live.handle, allow_head=False)
    app.router.add_get("/v1/stream/test", doors.test.handle, allow_head=False)
    app.router.add_get("/v1/events", doors.events.handle, allow_head=False)
    app.router.add_get("/", site.index)
    app.router.add_get("/docs", site.docs)
    app.router.add_get("/assets/{name}", site.asset)
    return app


def _document(found: Entry) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        return await rest.send(request, found)

    return answer
