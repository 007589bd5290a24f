"""Problems as responses: ``application/problem+json``."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import msgspec
from aiohttp import web

from services.gateway.domain.problems import KINDS, RequestError

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
    """What aiohttp refused, as a problem of ours."""
    name = _BY_STATUS.get(error.status, "malformed-request" if error.status < 500 else "internal")
    if isinstance(error, web.HTTPMethodNotAllowed):
        return RequestError(name, f"{method} is not allowed here; allowed: {', '.join(sorted(error.allowed_methods))}")
    return RequestError(name, KINDS[name].title)


def respond(error: RequestError, instance: str, *, allow: str | None = None) -> web.Response:
    """The response that tells a problem."""
    told = error.problem(instance)
    headers = {**API_HEADERS, "Cache-Control": "no-store"}
    if error.retry_after:
        headers["Retry-After"] = str(error.retry_after)
    if error.name == "rate-limited":
        headers |= {"RateLimit-Remaining": "0", "RateLimit-Reset": str(error.retry_after)}
    if allow:
        headers["Allow"] = allow
    return web.Response(status=told.status, body=_encode(told), headers={**headers, "Content-Type": CONTENT_TYPE})
