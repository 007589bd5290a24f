"""Requests and cancellations of runs as the OpenAPI document has them."""

from __future__ import annotations

import json
from typing import Any, Final

from services.gateway.domain.research_jobs import JOBS_PATH
from services.gateway.handlers.openapi_parameters import in_path
from services.gateway.handlers.openapi_problems import BODY_STATUSES, READ_STATUSES, problem_responses
from services.gateway.handlers.research_requests import cancel_run, request_run
from services.gateway.handlers.routes import RunAction

RESEARCH: Final = [{}, {"key": ["research"]}]
"""A key with this scope, or none where the operator has made research public."""
JOB_PATH: Final = f"{JOBS_PATH}/{{id}}"


def requested_run(run: RunAction, body: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """The POST of a kind of run."""
    return {
        "operationId": "request_" + run.path.removeprefix("/v1/").replace("/", "_"),
        "summary": run.summary,
        "tags": ["research"],
        "description": (request_run.__doc__ or "").strip(),
        "security": RESEARCH,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body, "example": json.loads(run.example)}}},
        "responses": {"202": _accepted(job), **problem_responses(sorted({*BODY_STATUSES, 415}))},
    }


def cancelled_run(job: dict[str, Any]) -> dict[str, Any]:
    """The DELETE of a job."""
    return {
        "operationId": "cancel_research_job",
        "summary": "Cancel a job",
        "tags": ["research"],
        "description": (cancel_run.__doc__ or "").strip(),
        "security": RESEARCH,
        "parameters": in_path(JOB_PATH),
        "responses": {"202": _accepted(job), **problem_responses(sorted({*READ_STATUSES, 409}))},
    }


def _accepted(job: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": "The job",
        "headers": {"Location": {"schema": {"type": "string"}, "description": "The address of the job."}},
        "content": {"application/json": {"schema": job}},
    }
