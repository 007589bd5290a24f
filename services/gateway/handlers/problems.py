"""Responses with problems: ``application/problem+json``."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import msgspec
from aiohttp import web

from services.gateway.domain.problems import PROBLEM_TYPES, RequestError

_encode: Final = msgspec.json.Encoder().encode
CONTENT_TYPE: Final = "application/problem+json"
API_HEADERS: Final = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "Server": "finstage",
    }
)
_BY_STATUS: Final = MappingProxyType(
    {404: "not-found", 405: "method-not-allowed", 413: "body-too-large", 414: "url-too-long", 426: "upgrade-required"}
)


def problem_of(error: web.HTTPException, method: str) -> RequestError:
    """The problem for an error that aiohttp raised."""
    name = _BY_STATUS.get(error.status, "malformed-request" if error.status < 500 else "internal")
    if isinstance(error, web.HTTPMethodNotAllowed):
        return RequestError(name, f"{method} is not allowed here; allowed: {', '.join(sorted(error.allowed_methods))}")
    return RequestError(name, PROBLEM_TYPES[name].title)


def respond(error: RequestError, instance: str, *, allow: str | None = None) -> web.Response:
    """The response for a problem."""
    problem = error.problem(instance)
    headers = {**API_HEADERS, "Cache-Control": "no-store"}
    headers["Link"] = f'<{problem.help}>; rel="help"'
    if error.retry_after:
        headers["Retry-After"] = str(error.retry_after)
    if error.name == "unauthorized":
        headers["WWW-Authenticate"] = 'Bearer realm="finstage"'
    if allow:
        headers["Allow"] = allow
    return web.Response(status=problem.status, body=_encode(problem), headers={**headers, "Content-Type": CONTENT_TYPE})
