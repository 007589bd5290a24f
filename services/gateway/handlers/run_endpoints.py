"""The aiohttp handlers that have runs done and cancel them: who may, how often, and the answer 202."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from services.gateway.domain.bodies import parse_body
from services.gateway.domain.problems import RequestError, fitting
from services.gateway.domain.rate_window import rate_window
from services.gateway.domain.research_jobs import JOBS_PATH
from services.gateway.handlers.cache import HEADERS, Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.middleware import PRINCIPAL
from services.gateway.handlers.requester import requester
from services.gateway.handlers.research_requests import cancel_run, request_run
from services.gateway.handlers.rest import no_parameters, path_parameters
from services.gateway.handlers.routes import RunAction

JSON = "application/json"


class RunEndpoints:
    """Handlers of the requests of runs."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._rate = gateway.settings.research_rate_limit
        self._limit = rate_window(self._rate, "runs", gateway.authentication.clients) if self._rate else None

    def start(self, action: RunAction) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The handler of a POST. A page of another origin cannot send JSON without asking first (CORS)."""

        async def answer(request: web.Request) -> web.StreamResponse:
            who = self._allowed(request)
            if request.content_type != JSON:
                raise RequestError("not-json", f"Content-Type: {request.content_type!r:.80} is not {JSON}", field="Content-Type")
            body = parse_body(await request.read(), action.body)
            if self._limit is not None and (wait := self._limit.hit(who, time.monotonic()).wait):
                about = f"more than {self._rate} runs from {who}"
                raise RequestError("rate-limited", about, retry_after=wait, code="runs-too-often", values={"seconds": wait})
            with fitting():
                job_id, found = await request_run(self._gateway, body, who)
            return _accepted(found, job_id)

        return answer

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        """The handler of a DELETE."""
        who = self._allowed(request)
        job_id = path_parameters(request)["id"]
        return _accepted(await cancel_run(self._gateway, job_id, who), job_id)

    def _allowed(self, request: web.Request) -> str:
        """The requester. Raises RequestError for one who may not have runs done."""
        no_parameters(request)
        request[PRINCIPAL].require("research")
        return requester(request)


def _accepted(found: Answer, job_id: str) -> web.Response:
    headers = HEADERS.copy()
    headers.update({"Location": f"{JOBS_PATH}/{job_id}", "Cache-Control": "no-store"})
    return web.Response(status=202, body=found.body, headers=headers)
