"""The aiohttp application: all routes and their handlers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Final

from aiohttp import web

from services.gateway.domain.problems import PAGES
from services.gateway.domain.research_jobs import JOBS_PATH
from services.gateway.domain.version import VERSION
from services.gateway.handlers import datasets, openapi, research_jobs, rest
from services.gateway.handlers.briefing_pictures import PICTURE, picture_endpoint
from services.gateway.handlers.cache import Answer, CachedAnswer, cached_answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.middleware import ApiMiddleware
from services.gateway.handlers.operation_endpoint import operation_endpoint
from services.gateway.handlers.operations import OPERATIONS
from services.gateway.handlers.problem_pages import problem_list, problem_page
from services.gateway.handlers.routes import ACTIONS, DATASET_FILE, JOB_FILE, ROUTES, RUN_ACTIONS
from services.gateway.handlers.run_endpoints import RunEndpoints
from services.gateway.handlers.run_files import file_endpoint
from services.gateway.handlers.server_sent_events import EventStreams
from services.gateway.handlers.topic_documents import TopicDocuments
from services.gateway.handlers.web_page import Site
from services.gateway.handlers.web_sockets import WebSocketStreams

MIDDLEWARE: Final = web.AppKey("middleware", ApiMiddleware)
"""What ``serve`` puts around the router."""


@dataclass(frozen=True)
class OpenStreams:
    """The handlers of streams, which are closed when the gateway stops."""

    live: WebSocketStreams
    test: WebSocketStreams
    events: EventStreams


def application(gateway: Gateway, streams: OpenStreams) -> web.Application:
    """The application with all routes of the gateway."""
    app = web.Application(client_max_size=gateway.settings.max_body)
    app[MIDDLEWARE] = ApiMiddleware(gateway.settings, gateway.cache, gateway.authentication, gateway.clock)
    for route in ROUTES:
        app.router.add_get(route.path, rest.endpoint(route, gateway))
    for action in ACTIONS:
        app.router.add_post(action.path, rest.action_endpoint(action, gateway))
    for operation in OPERATIONS:
        app.router.add_route(operation.method, operation.path, operation_endpoint(operation, gateway))
    endpoints = RunEndpoints(gateway)
    for run in RUN_ACTIONS:
        app.router.add_post(run.path, endpoints.start(run))
    app.router.add_delete(f"{JOBS_PATH}/{{id}}", endpoints.cancel)
    app.router.add_get(JOB_FILE, file_endpoint(gateway, research_jobs.send_file))
    app.router.add_get(DATASET_FILE, file_endpoint(gateway, datasets.send_file))
    app.router.add_get(PICTURE, picture_endpoint(gateway))
    site = Site(gateway.settings.page)
    app.router.add_get("/openapi.json", _document)
    topics = TopicDocuments(VERSION)
    app.router.add_get("/asyncapi.json", topics.asyncapi)
    app.router.add_get("/schemas", topics.schema_list)
    app.router.add_get("/schemas/{name}", topics.schema)
    app.router.add_get("/docs/topics", topics.page)
    app.router.add_get("/v1/stream", streams.live.handle, allow_head=False)
    app.router.add_get("/v1/stream/test", streams.test.handle, allow_head=False)
    app.router.add_get("/v1/stream/alpaca", streams.live.handle_alpaca, allow_head=False)
    app.router.add_get("/v1/events", streams.events.handle, allow_head=False)
    app.router.add_get("/", site.index)
    app.router.add_get("/docs", site.docs)
    app.router.add_get("/assets/{name}", site.asset)
    app.router.add_get(PAGES, problem_list)
    app.router.add_get(PAGES + "/{name}", problem_page)
    return app


async def _document(request: web.Request) -> web.StreamResponse:
    return await rest.send_answer(request, _openapi())


@cache
def _openapi() -> CachedAnswer:
    return cached_answer(Answer(json.dumps(openapi.document(VERSION)).encode()))
