"""HTTP connections. Input that aiohttp's parser rejects never becomes a request; it is answered here with a problem as well."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import Any, Final

import structlog
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMethod, LineTooLong

from services.gateway.domain.problems import RequestError
from services.gateway.handlers.problems import respond

log: Final = structlog.get_logger("gateway.connection")

MAX_LINE: Final = 65_536
"""Longest request line that is read, in bytes: far above the setting ``max_url``, so that a long URL is answered with a problem."""
BACKLOG: Final = 1024
ALLOWED: Final = "GET, HEAD"
_METHOD: Final = re.compile(r"b['\"]([A-Za-z][A-Za-z-]{1,19}) /")


class HttpConnection(web.RequestHandler):
    """aiohttp's protocol that answers with problems and logs one line, in place of plain text and a traceback."""

    __slots__ = ()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """The answer to malformed input; the connection is closed after it."""
        if status >= 500:
            return super().handle_error(request, status, exc, message)
        problem = parser_problem(exc)
        log.info("malformed request", client=request.remote, type=problem.name, detail=problem.detail)
        response = respond(problem, "", allow=ALLOWED if problem.name == "method-not-allowed" else None)
        response.force_close()
        return response


async def listen(server: web.Server, host: str, port: int, idle_seconds: float, *, shared: bool = False) -> asyncio.Server:
    """Listen on an address with ``server`` as the handler. Raises OSError: the port is in use.

    ``shared``: other processes listen there too, and each connection goes to one of them.

    ``idle_seconds``: a connection without a whole request head for so long is closed, also one that sends it byte by byte.
    """
    loop = asyncio.get_running_loop()
    options: dict[str, Any] = {"access_log": None, "max_line_size": MAX_LINE, "keepalive_timeout": idle_seconds}
    connection = partial(HttpConnection, server, loop=loop, **options)
    return await loop.create_server(connection, host, port, backlog=BACKLOG, reuse_port=shared or None)


def parser_problem(error: BaseException | None) -> RequestError:
    """The problem for an error of aiohttp's parser."""
    if isinstance(error, LineTooLong):
        longest = error.args[1]
        if longest == MAX_LINE:
            return RequestError("url-too-long", f"the path has more than {MAX_LINE} characters")
        return RequestError("malformed-request", f"a header has more than {longest} characters")
    if isinstance(error, BadHttpMethod) and (found := _METHOD.search(str(error))):
        return RequestError("method-not-allowed", f"{found[1]} is not an HTTP method; allowed: {ALLOWED}")
    reason = str(getattr(error, "message", "")).partition("\n")[0].rstrip(":")
    return RequestError("malformed-request", f"this is not an HTTP/1.1 request: {reason:.120}")
