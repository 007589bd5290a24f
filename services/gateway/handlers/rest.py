"""From a route of the table to an aiohttp handler: parse, look in the cache, ask, tag, compress."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from services.gateway.domain.encodings import takes_gzip
from services.gateway.domain.problems import RequestError
from services.gateway.domain.queries import LONGEST_VALUE, parse
from services.gateway.handlers.cache import ALWAYS_SMALL, Entry, entry
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.ready import headers_of
from services.gateway.handlers.routes import Route
from shared.text import normalize


def endpoint(route: Route, gateway: Gateway) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler of a REST route."""
    cache = gateway.cache

    async def answer(request: web.Request) -> web.StreamResponse:
        address = request.raw_path
        found = cache.get(address)
        if found is None:
            query = parse(given(request), route.query)
            found = entry(await route.answer(gateway, query, **named(request)))
            cache.put(address, found)
        return await send(request, found)

    return answer


def named(request: web.Request) -> dict[str, str]:
    """The parts of the path by name, in normal form."""
    return {name: normalize(value, LONGEST_VALUE) for name, value in request.match_info.items()}


def given(request: web.Request) -> dict[str, str]:
    """The parameters of the address; one that is given twice is an error.

    Raises:
        RequestError: a parameter is given twice.
    """
    query = request.query
    found = dict(query)
    if len(found) != len(query):
        twice = next(name for name in found if len(query.getall(name)) > 1)
        raise RequestError(
            "invalid-parameter", f"{twice[:80]}: given more than once", field=twice[:80], value=",".join(query.getall(twice))
        )
    return found


async def send(request: web.Request, found: Entry) -> web.Response:
    """The response to ``request`` with this entry: 304 where the client has it, gzip where he takes it."""
    headers = headers_of(found)
    asked = request.headers
    if found.etag in asked.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    body = found.answer.body
    if len(body) > ALWAYS_SMALL and takes_gzip(asked.get("Accept-Encoding", "")):
        body = await found.compressed()
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, headers=headers)
