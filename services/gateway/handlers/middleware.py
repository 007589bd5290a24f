"""What stands around the router: host check, rate, size and time limits, CORS, metrics, and problems in place of tracebacks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from multidict import CIMultiDict

from services.gateway.domain.hosts import host_name
from services.gateway.domain.keys import Principal, bearer
from services.gateway.domain.problems import NOT_PUBLIC, RequestError
from services.gateway.domain.rate_window import Hit, RateWindows
from services.gateway.handlers.authentication import Authentication
from services.gateway.handlers.cache import Cache
from services.gateway.handlers.prebuilt import RATE, PrebuiltResponse, prebuilt_response, rate_headers
from services.gateway.handlers.problems import problem_of, respond
from services.gateway.settings import Settings
from shared import metrics
from shared.failures import TransientError
from shared.request_metrics import RequestMetrics

log: Final = structlog.get_logger("gateway.edge")

REQUESTS: Final = RequestMetrics("gateway")
metrics.REGISTRY.register(REQUESTS)

SOCKETS: Final = frozenset({"/v1/stream", "/v1/stream/test", "/v1/stream/alpaca"})
"""Their clients may send the key in the first message."""
STREAMS: Final = SOCKETS | {"/v1/events"}
PRINCIPAL: Final = web.RequestKey("principal", Principal)
"""Who makes a request that has been handed on to the router."""


@dataclass
class ApiMiddleware:
    """Checks each request and turns errors into problems."""

    settings: Settings
    cache: Cache
    authentication: Authentication
    clock: Callable[[], int]

    def __post_init__(self) -> None:
        self._windows = RateWindows(self.authentication.clients)
        self._origins = self.settings.allowed_origins
        self._hosts = self.settings.hosts

    def around(self, router: web.UrlDispatcher, handler: Handler) -> Handler:
        """The handler of all requests: this middleware, and within it ``handler``, which asks ``router``.

        It stands before the router, since a cached answer needs none: routing costs a tenth of one.
        """

        async def api(request: web.Request) -> web.StreamResponse:
            started = time.perf_counter()
            response = await self._answer(request, handler)
            if isinstance(response, PrebuiltResponse):
                self._measure(response.route, 200, time.perf_counter() - started)
                return response
            if not response.prepared:
                self._add_headers(request, response)
            info = request.match_info if PRINCIPAL in request else await router.resolve(request)
            resource = info.route.resource
            route = resource.canonical if resource is not None else "unmatched"
            self._measure(route, response.status, time.perf_counter() - started)
            return response

        return api

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            self._check(request)
            principal = self.authentication.anonymous
            if (header := request.headers.get("Authorization")) is not None:
                principal = await self.authentication.principal(bearer(header), request.remote or "unknown", self.clock())
            elif not principal.scopes:
                self._require_key(request)
            self._limit(request, principal)
            if not self._origins and (prebuilt := prebuilt_response(self.cache, request)) is not None:
                return prebuilt
            if request.method == "OPTIONS":
                return self._preflight(request)
            request[PRINCIPAL] = principal
            if request.path in STREAMS:
                return await handler(request)
            async with asyncio.timeout(self.settings.request_seconds):
                return await handler(request)
        except RequestError as error:
            return respond(error, request.path)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return respond(problem_of(error, request.method), request.path, allow=error.headers.get("Allow"))
        except TransientError as error:
            log.warning("a dependency does not answer", path=request.path, error=str(error))
            about = RequestError("unavailable", "the database does not answer now", retry_after=2, code="no-database")
            return respond(about, request.path)
        except TimeoutError:
            if request.path in STREAMS:
                raise
            return respond(
                RequestError("timeout", f"no answer within {self.settings.request_seconds:g} s", retry_after=5), request.path
            )
        except ConnectionError:
            raise  # the client has disconnected: aiohttp handles it
        except Exception:  # logged with its traceback; the answer has none
            log.exception("handler failed", path=request.path)
            if request.path in STREAMS:
                raise  # a started stream cannot return a problem
            return respond(RequestError("internal", "the gateway failed to answer; the error has been logged"), request.path)

    def _check(self, request: web.Request) -> None:
        if self._hosts is not None and host_name(host := request.headers.get("Host", "")) not in self._hosts:
            raise RequestError("misdirected-host", f"{host!r:.200} is not a name of this server", field="Host", value=host)
        if (length := len(request.raw_path)) > self.settings.max_url:
            raise RequestError("url-too-long", f"the path has {length} characters; the limit is {self.settings.max_url}")
        if request.body_exists and (request.content_length or 0) > self.settings.max_body:
            raise RequestError(
                "body-too-large", f"the body has {request.content_length} bytes; the limit is {self.settings.max_body}"
            )

    def _require_key(self, request: web.Request) -> None:
        """Raise RequestError for a read without a key, where reading is not public."""
        if request.method != "OPTIONS" and request.path.startswith("/v1/") and request.path not in SOCKETS:
            raise RequestError("unauthorized", NOT_PUBLIC, code="not-public")

    def _limit(self, request: web.Request, principal: Principal) -> None:
        """Count the request, of its key, else of its address."""
        settings, key = self.settings, principal.key
        client = request.remote or "unknown" if key is None else key.id
        limit = settings.rate_limit if key is None else key.rate_limit or settings.key_rate_limit
        hit = self._windows.hit(limit, client, time.monotonic())
        if hit is None:
            return
        request[RATE] = hit
        if hit.wait:
            about = f"more than {limit} from {client}"
            raise RequestError("rate-limited", about, retry_after=hit.wait, code="too-often", values={"seconds": hit.wait})

    def _preflight(self, request: web.Request) -> web.Response:
        if "Access-Control-Request-Method" not in request.headers:
            raise RequestError("method-not-allowed", "OPTIONS is answered for CORS preflights only")
        origin = request.headers.get("Origin", "")
        if origin not in self._origins:
            raise RequestError("forbidden-origin", f"origin {origin!r:.200} is not on the allow-list", field="Origin", value=origin)
        allowed = {
            "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE",
            "Access-Control-Allow-Headers": (
                "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID"
            ),
        }
        return web.Response(status=204, headers={**allowed, "Access-Control-Max-Age": "600"})

    def _add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        headers: CIMultiDict[str] = response.headers
        hit: Hit | None = request.get(RATE)
        if hit is not None:
            headers.update(rate_headers(hit))
        if not self._origins:
            return
        headers.add("Vary", "Origin")
        origin = request.headers.get("Origin")
        if origin in self._origins:
            headers["Access-Control-Allow-Origin"] = str(origin)
            headers["Access-Control-Expose-Headers"] = (
                "ETag, Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
            )

    def _measure(self, route: str, status: int, seconds: float) -> None:
        REQUESTS.count(route, status)
        if route not in STREAMS:
            REQUESTS.observe(route, seconds)
