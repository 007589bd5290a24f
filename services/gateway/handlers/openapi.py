"""/openapi.json: OpenAPI 3.1, made from the table of routes and their structs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import msgspec

from services.gateway.domain.api_models import Page
from services.gateway.domain.problems import PREFIX, PROBLEM_TYPES, Problem
from services.gateway.domain.research_jobs import Job
from services.gateway.domain.stream_query import StreamQuery
from services.gateway.handlers import datasets, research_jobs
from services.gateway.handlers.briefing_pictures import PICTURE
from services.gateway.handlers.openapi_operations import keyed_operation, operation_id
from services.gateway.handlers.openapi_parameters import in_path, in_query
from services.gateway.handlers.openapi_problems import BODY_STATUSES, READ_STATUSES, problem_responses, responses
from services.gateway.handlers.openapi_runs import JOB_PATH, cancelled_run, requested_run
from services.gateway.handlers.openapi_schemas import REF, plain
from services.gateway.handlers.operations import OPERATIONS
from services.gateway.handlers.routes import ACTIONS, DATASET_FILE, JOB_FILE, ROUTES, RUN_ACTIONS, Action, Route
from services.gateway.handlers.run_files import TYPES

ABOUT: Final = (
    "Prices, bars, indicators and signals. Times are RFC 3339 in UTC, a bar is stamped with its close, 5 % is 0.05. "
    "Answers with replayed data carry a warning. Signals are not investment advice.\n\n"
    "Errors are problem+json (RFC 9457); their types: " + ", ".join(f"`{PREFIX}{name}`" for name in PROBLEM_TYPES) + "."
)
KEY: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key, as in `Authorization: Bearer fs_ID_SECRET`. Reading needs none where the operator has made it public.",
}
ETAG: Final = {"ETag": {"schema": {"type": "string"}, "description": "Send it back as If-None-Match."}}
UNCHANGED: Final = {"description": "Unchanged since the ETag that you sent", "headers": ETAG}


def document(version: str) -> dict[str, Any]:
    """The document as JSON values."""
    answered = (*ROUTES, *ACTIONS, *OPERATIONS)
    taken = [each for each in (*ACTIONS, *RUN_ACTIONS, *OPERATIONS) if each.body is not None]
    types = [Problem, Page[Job], *(Page[each.result] for each in answered), *(each.body for each in taken)]  # type: ignore[name-defined]
    (problem, job, *rest), components = msgspec.json.schema_components(types, ref_template=REF)
    page, body = dict(zip(map(id, answered), rest, strict=False)), dict(zip(map(id, taken), rest[len(answered) :], strict=True))
    paths: dict[str, dict[str, Any]] = {route.path: {"get": _operation(route, page[id(route)])} for route in ROUTES}
    for action in ACTIONS:
        paths.setdefault(action.path, {})["post"] = _action(action, body[id(action)], page[id(action)])
    for run in RUN_ACTIONS:
        paths.setdefault(run.path, {})["post"] = requested_run(run, body[id(run)], job)
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method.lower()] = keyed_operation(each, body.get(id(each)), page[id(each)])
    paths[JOB_PATH]["delete"] = cancelled_run(job)
    paths[DATASET_FILE] = {"get": _file("research_dataset_file", "A file of a data set", DATASET_FILE, datasets.send_file)}
    paths[JOB_FILE] = {"get": _file("research_job_file", "A file of a job", JOB_FILE, research_jobs.send_file)}
    paths[PICTURE] = {"get": _picture()}
    paths["/v1/events"] = {"get": _events()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Finstage", "version": version, "description": ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {name: plain(schema) for name, schema in components.items()},
            "responses": responses(problem),
            "securitySchemes": {"key": KEY},
        },
        "security": [{}, {"key": ["read"]}],
    }


def _file(operation: str, summary: str, path: str, send: Callable[..., Any]) -> dict[str, Any]:
    return {
        "operationId": operation,
        "summary": summary,
        "tags": ["market"],
        "description": (send.__doc__ or "").strip(),
        "parameters": in_path(path),
        "responses": {
            "200": {
                "description": "The whole file",
                "headers": {"ETag": {"schema": {"type": "string"}, "description": "Send it back as If-None-Match or If-Range."}},
                "content": {kind.partition(";")[0]: {} for kind in TYPES.values()},
            },
            "206": {"description": "The part that Range asks for"},
            "304": UNCHANGED,
            "416": {"description": "The file has no such part"},
            **problem_responses(READ_STATUSES),
        },
    }


def _picture() -> dict[str, Any]:
    return {
        "operationId": "briefing_picture",
        "summary": "The picture of a briefing",
        "tags": ["market"],
        "description": "The index of the last sessions and the industries of the period. A briefing without a picture has none.",
        "parameters": in_path(PICTURE),
        "responses": {"200": {"description": "The picture", "content": {"image/png": {}}}, **problem_responses(READ_STATUSES)},
    }


def _operation(route: Route, page: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": operation_id(route.path),
        "summary": route.summary,
        "tags": ["market"],
        "description": (route.answer.__doc__ or "").strip(),
        "parameters": [*in_path(route.path), *in_query(route.query)],
        "responses": {
            "200": {
                "description": "The requested data",
                "headers": ETAG,
                "content": {"application/json": {"schema": page}},
            },
            "304": UNCHANGED,
            **problem_responses(READ_STATUSES),
        },
    }


def _action(action: Action, body: dict[str, Any], page: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": operation_id(action.path),
        "summary": action.summary,
        "tags": ["conditions"],
        "description": (action.answer.__doc__ or "").strip(),
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": body, "example": json.loads(action.example)}},
        },
        "responses": {
            "200": {"description": "The requested data", "headers": ETAG, "content": {"application/json": {"schema": page}}},
            "304": UNCHANGED,
            **problem_responses(BODY_STATUSES),
        },
    }


def _events() -> dict[str, Any]:
    return {
        "operationId": "events",
        "tags": ["streams"],
        "summary": "The stream as server-sent events",
        "description": "The messages of /v1/stream; docs/api.md describes them. At least one channel must have a selector.",
        "parameters": in_query(StreamQuery),
        "responses": {
            "200": {"description": "Events until you disconnect", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
            **problem_responses(READ_STATUSES),
        },
    }
