"""The aiohttp handler of a route: parses the query, uses the cache, calls the route and sends the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from services.gateway.domain.accept_encoding import accepts_gzip
from services.gateway.domain.problems import RequestError, fitting
from services.gateway.domain.query_parsing import MAX_VALUE_CHARACTERS, parse_query
from services.gateway.handlers.cache import MIN_GZIP_BYTES, CachedAnswer, cached_answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.prebuilt import headers_of
from services.gateway.handlers.routes import Action, Route
from shared.text import normalize


def endpoint(route: Route, gateway: Gateway) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler of a REST route."""
    cache = gateway.cache

    async def answer(request: web.Request) -> web.StreamResponse:
        address = request.raw_path
        found = cache.get(address)
        if found is None:
            query = parse_query(query_parameters(request), route.query)
            with fitting():
                found = cached_answer(await route.answer(gateway, query, **path_parameters(request)), route.path)
            cache.put(address, found)
        return await send_answer(request, found)

    return answer


def action_endpoint(action: Action, gateway: Gateway) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler of a resource that takes a body. Its answers are not cached."""

    async def answer(request: web.Request) -> web.StreamResponse:
        no_parameters(request)
        body = action.parse(await request.read())
        with fitting():
            found = await action.answer(gateway, body)
        return await send_answer(request, cached_answer(found))

    return answer


def no_parameters(request: web.Request) -> None:
    """Raise RequestError for a URL with parameters, of a resource that takes none."""
    if unknown := next(iter(query_parameters(request)), None):
        more = "; it takes a JSON body" if request.method == "POST" else ""
        about = f"{unknown!r:.80} is not a parameter of this resource{more}"
        raise RequestError("unknown-parameter", about, field=unknown[:80], value=request.query[unknown])


def path_parameters(request: web.Request) -> dict[str, str]:
    """The parts of the path by name, normalized."""
    return {name: normalize(value, MAX_VALUE_CHARACTERS) for name, value in request.match_info.items()}


def query_parameters(request: web.Request) -> dict[str, str]:
    """The parameters of the URL.

    Raises:
        RequestError: a parameter is given more than once.
    """
    query = request.query
    found = dict(query)
    if len(found) != len(query):
        twice = next(name for name in found if len(query.getall(name)) > 1)
        raise RequestError(
            "invalid-parameter", f"{twice[:80]}: given more than once", field=twice[:80], value=",".join(query.getall(twice))
        )
    return found


async def send_answer(request: web.Request, found: CachedAnswer) -> web.Response:
    """The response with this answer: 304 where the client has it already, gzip where the client accepts it."""
    headers = headers_of(found)
    request_headers = request.headers
    if found.etag in request_headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    body = found.answer.body
    if len(body) > MIN_GZIP_BYTES and accepts_gzip(request_headers.get("Accept-Encoding", "")):
        body = await found.compressed()
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, headers=headers)
