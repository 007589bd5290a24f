"""One connection of a client. What aiohttp's parser refuses never becomes a request: it gets the form of all other errors here."""

from __future__ import annotations

import asyncio
import re
from typing import Any, Final

import structlog
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMethod, LineTooLong

from services.gateway.domain.problems import RequestError
from services.gateway.handlers.problems import respond

log: Final = structlog.get_logger("gateway.connection")

MAX_LINE: Final = 65_536
"""Longest line with an address that is read: far above the setting ``max_url``, so that what is too long is told as a problem."""
BACKLOG: Final = 1024
ALLOWED: Final = "GET, HEAD"
_METHOD: Final = re.compile(r"b['\"]([A-Za-z][A-Za-z-]{1,19}) /")


class Connection(web.RequestHandler):
    """aiohttp's protocol, with problems and one line of log instead of plain text and a traceback."""

    __slots__ = ()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """The answer to what is no request; the connection ends after it."""
        if status >= 500:
            return super().handle_error(request, status, exc, message)
        problem = refused(exc)
        log.info("no request", client=request.remote, type=problem.name, detail=problem.detail)
        response = respond(problem, "", allow=ALLOWED if problem.name == "method-not-allowed" else None)
        response.force_close()
        return response


async def listen(server: web.Server, host: str, port: int) -> asyncio.Server:
    """Let ``server`` answer the connections to an address. Raises OSError: the port is taken."""
    loop = asyncio.get_running_loop()
    options: dict[str, Any] = {"access_log": None, "max_line_size": MAX_LINE}
    return await loop.create_server(lambda: Connection(server, loop=loop, **options), host, port, backlog=BACKLOG)


def refused(error: BaseException | None) -> RequestError:
    """What aiohttp's parser refused, as a problem of ours."""
    if isinstance(error, LineTooLong):
        longest = error.args[1]
        if longest == MAX_LINE:
            return RequestError("url-too-long", f"the path has more than {MAX_LINE} characters")
        return RequestError("malformed-request", f"a header has more than {longest} characters")
    if isinstance(error, BadHttpMethod) and (found := _METHOD.search(str(error))):
        return RequestError("method-not-allowed", f"{found[1]} is no method of HTTP; allowed: {ALLOWED}")
    said = str(getattr(error, "message", "")).partition("\n")[0].rstrip(":")
    return RequestError("malformed-request", f"this is no request of HTTP/1.1: {said:.120}")
