"""The aiohttp handler of an operation: checks the scope, parses the request, calls the operation and sends its reply."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from services.gateway.domain.bodies import parse_body
from services.gateway.domain.keys import Principal
from services.gateway.domain.problems import RequestError, fitting
from services.gateway.domain.query_parsing import parse_query
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.middleware import PRINCIPAL
from services.gateway.handlers.operation import Call, Operation, Reply
from services.gateway.handlers.problems import API_HEADERS
from services.gateway.handlers.rest import path_parameters, query_parameters

MAX_IDEMPOTENCY_KEY: Final = 64


def operation_endpoint(operation: Operation, gateway: Gateway) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler of an operation."""

    async def answer(request: web.Request) -> web.StreamResponse:
        principal: Principal = request[PRINCIPAL]
        principal.require(operation.scope)
        query = parse_query(query_parameters(request), operation.query)
        raw = await request.read()
        call = Call(
            principal=principal,
            address=request.remote or "unknown",
            now=gateway.clock(),
            parts=path_parameters(request),
            query=query,
            body=parse_body(raw, operation.body) if operation.body else None,
            if_match=request.headers.get("If-Match", ""),
            idempotency_key=_idempotency_key(request),
            request_hash=hashlib.sha256(b"%b %b\n%b" % (request.method.encode(), request.raw_path.encode(), raw)).hexdigest(),
        )
        with fitting():
            reply = await operation.answer(gateway, call)
        return _response(request, reply)

    return answer


def _idempotency_key(request: web.Request) -> str:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY or not all("!" <= character <= "~" for character in key):
        about = f"Idempotency-Key: expected 1 to {MAX_IDEMPOTENCY_KEY} characters of ASCII without spaces"
        raise RequestError("invalid-parameter", about, field="Idempotency-Key", value=key)
    return key


def _response(request: web.Request, reply: Reply) -> web.Response:
    headers = reply.all_headers()
    headers.update({**API_HEADERS, "Cache-Control": "no-store"})
    etag = headers.get("ETag")
    if etag and request.method in {"GET", "HEAD"} and etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    if reply.body:
        headers["Content-Type"] = "application/json"
    return web.Response(status=reply.status, body=reply.body or None, headers=headers)
