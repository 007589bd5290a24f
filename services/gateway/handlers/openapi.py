"""/openapi.json: OpenAPI 3.1, made from the table of routes and their structs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import msgspec

from services.gateway.domain import queries
from services.gateway.domain.api_models import Page
from services.gateway.domain.problems import PREFIX, PROBLEM_TYPES, Problem
from services.gateway.domain.research_jobs import JOBS_PATH, Job
from services.gateway.handlers import datasets, research_jobs
from services.gateway.handlers.problems import CONTENT_TYPE
from services.gateway.handlers.research_requests import cancel_run, request_run
from services.gateway.handlers.routes import ACTIONS, DATASET_FILE, JOB_FILE, ROUTES, RUN_ACTIONS, Action, Route, RunAction
from services.gateway.handlers.run_files import TYPES

REF: Final = "#/components/schemas/{name}"
ABOUT: Final = (
    "Prices, bars, indicators and signals. Times are RFC 3339 in UTC, a bar is stamped with its close, 5 % is 0.05. "
    "Answers with replayed data carry a warning. Signals are not investment advice.\n\n"
    "Errors are problem+json (RFC 9457); their types: " + ", ".join(f"`{PREFIX}{name}`" for name in PROBLEM_TYPES) + "."
)


def document(version: str) -> dict[str, Any]:
    """The document as JSON values."""
    pages = [Page[each.result] for each in (*ROUTES, *ACTIONS)]  # type: ignore[name-defined]
    bodies = [each.body for each in (*ACTIONS, *RUN_ACTIONS)]
    schemas, components = msgspec.json.schema_components([Problem, Page[Job], *pages, *bodies], ref_template=REF)
    problem, job, rest = schemas[0], schemas[1], schemas[2:]
    page = dict(zip((each.path for each in (*ROUTES, *ACTIONS)), rest, strict=False))
    body = dict(zip((each.path for each in (*ACTIONS, *RUN_ACTIONS)), rest[-len(bodies) :], strict=True))
    paths: dict[str, dict[str, Any]] = {route.path: {"get": _operation(route, page[route.path], problem)} for route in ROUTES}
    for action in ACTIONS:
        paths[action.path] = {"post": _action(action, body[action.path], page[action.path], problem)}
    for run in RUN_ACTIONS:
        paths.setdefault(run.path, {})["post"] = _run(run, body[run.path], job, problem)
    paths[f"{JOBS_PATH}/{{id}}"]["delete"] = _cancel(job, problem)
    paths[DATASET_FILE] = {"get": _file("research_dataset_file", "A file of a data set", datasets.send_file, problem)}
    paths[JOB_FILE] = {"get": _file("research_job_file", "A file of a job", research_jobs.send_file, problem)}
    paths["/v1/events"] = {"get": _events(problem)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Finstage", "version": version, "description": ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": json.loads(json.dumps(components))},
        "security": [{}],
    }


def _run(run: RunAction, body: dict[str, Any], job: dict[str, Any], problem: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": "request_" + run.path.removeprefix("/v1/").replace("/", "_"),
        "summary": run.summary,
        "tags": ["research"],
        "description": (request_run.__doc__ or "").strip(),
        "requestBody": {"required": True, "content": {"application/json": {"schema": body, "example": json.loads(run.example)}}},
        "responses": {"202": _job_response(job), **_problems(problem)},
    }


def _cancel(job: dict[str, Any], problem: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": "cancel_research_job",
        "summary": "Cancel a job",
        "tags": ["research"],
        "description": (cancel_run.__doc__ or "").strip(),
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {"202": _job_response(job), **_problems(problem)},
    }


def _job_response(job: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": "The job",
        "headers": {"Location": {"schema": {"type": "string"}, "description": "The address of the job."}},
        "content": {"application/json": {"schema": job}},
    }


def _file(operation: str, summary: str, send: Callable[..., Any], problem: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": operation,
        "summary": summary,
        "tags": ["research"],
        "description": (send.__doc__ or "").strip(),
        "parameters": [{"name": part, "in": "path", "required": True, "schema": {"type": "string"}} for part in ("id", "name")],
        "responses": {
            "200": {
                "description": "The whole file",
                "headers": {"ETag": {"schema": {"type": "string"}, "description": "Send it back as If-None-Match or If-Range."}},
                "content": {kind.partition(";")[0]: {} for kind in TYPES.values()},
            },
            "206": {"description": "The part that Range asks for"},
            "304": {"description": "Unchanged since the ETag that you sent"},
            "416": {"description": "The file has no such part"},
            **_problems(problem),
        },
    }


def _operation(route: Route, page: dict[str, Any], problem: dict[str, Any]) -> dict[str, Any]:
    parts = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
    in_path = [{"name": part, "in": "path", "required": True, "schema": {"type": "string"}} for part in parts]
    return {
        "operationId": route.path.removeprefix("/v1/").replace("/", "_").replace("{", "by_").replace("}", ""),
        "summary": route.summary,
        "tags": ["market"],
        "description": (route.answer.__doc__ or "").strip(),
        "parameters": [*in_path, *_parameters(route.query)],
        "responses": {
            "200": {
                "description": "The requested data",
                "headers": {"ETag": {"schema": {"type": "string"}, "description": "Send it back as If-None-Match."}},
                "content": {"application/json": {"schema": page}},
            },
            "304": {"description": "Unchanged since the ETag that you sent"},
            **_problems(problem),
        },
    }


def _action(action: Action, body: dict[str, Any], page: dict[str, Any], problem: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": action.path.removeprefix("/v1/").replace("/", "_"),
        "summary": action.summary,
        "tags": ["conditions"],
        "description": (action.answer.__doc__ or "").strip(),
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": body, "example": json.loads(action.example)}},
        },
        "responses": {
            "200": {"description": "The requested data", "content": {"application/json": {"schema": page}}},
            **_problems(problem),
        },
    }


def _problems(problem: dict[str, Any]) -> dict[str, Any]:
    content = {CONTENT_TYPE: {"schema": problem}}
    return {
        "4XX": {"description": "The request is invalid; the problem names the field and its value", "content": content},
        "5XX": {"description": "The gateway or a part that it needs fails; try again later", "content": content},
    }


def _events(problem: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": "events",
        "tags": ["streams"],
        "summary": "The stream as server-sent events",
        "description": "The messages of /v1/stream; docs/api.md describes them.",
        "parameters": _parameters(queries.StreamQuery),
        "responses": {
            "200": {"description": "Events until you disconnect", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
            **_problems(problem),
        },
    }


def _parameters(query: type[msgspec.Struct]) -> list[dict[str, Any]]:
    (_,), components = msgspec.json.schema_components([query], ref_template=REF)
    own = components[query.__name__]
    parameters = []
    for name, schema in own["properties"].items():
        shown = _without_null(schema)
        about = shown.pop("description", "")
        parameter = {"name": name, "in": "query", "required": name in own.get("required", ()), "schema": shown}
        parameters.append(parameter | ({"description": about} if about else {}))
    return parameters


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without null: a parameter of a URL may be missing but cannot be null."""
    kept = {key: value for key, value in schema.items() if not (key == "default" and value is None)}
    choices = [choice for choice in kept.pop("anyOf", ()) if choice != {"type": "null"}]
    if choices:
        kept |= choices[0]
    if None in kept.get("enum", ()):
        kept["enum"] = [value for value in kept["enum"] if value is not None]
    return kept
