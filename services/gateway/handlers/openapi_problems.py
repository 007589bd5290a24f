"""The answers that are problems as the OpenAPI document has them: one response for each status."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from services.gateway.domain.problems import BAD_REQUEST, PROBLEM_TYPES, UNPROCESSABLE, RequestError
from services.gateway.handlers.problems import CONTENT_TYPE

READ_STATUSES: Final = (400, 401, 403, 404, 414, 421, 422, 429, 500, 503, 504)
"""What a request without a body may be answered with."""
UNAUTHORIZED: Final = 401
BODY_STATUSES: Final = tuple(sorted((*READ_STATUSES, 413)))


def problem_responses(statuses: Iterable[int]) -> dict[str, Any]:
    """References to the responses of these statuses."""
    return {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}


def responses(problem: dict[str, Any]) -> dict[str, Any]:
    """The components: for each status its types as examples."""
    statuses = sorted({kind.status for kind in PROBLEM_TYPES.values()} | {UNPROCESSABLE})
    return {f"Problem{status}": _response(status, problem) for status in statuses}


def _response(status: int, problem: dict[str, Any]) -> dict[str, Any]:
    fits = status == UNPROCESSABLE
    names = [name for name, kind in PROBLEM_TYPES.items() if kind.status == (BAD_REQUEST if fits else status)]
    about = "; ".join(PROBLEM_TYPES[name].title for name in names)
    headers: dict[str, Any] = {"Link": {"schema": {"type": "string"}, "description": "The page on this type, with rel=help."}}
    if status == UNAUTHORIZED:
        headers["WWW-Authenticate"] = {"schema": {"type": "string"}, "description": "The scheme is Bearer."}
    if status in {429, 503}:
        headers["Retry-After"] = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
    return {
        "description": f"{about}, although the request fits this document" if fits else about,
        "headers": headers,
        "content": {CONTENT_TYPE: {"schema": problem, "examples": {name: {"value": _example(name, fits=fits)} for name in names}}},
    }


def _example(name: str, *, fits: bool) -> Any:
    return msgspec.to_builtins(RequestError(name, PROBLEM_TYPES[name].title, fits=fits).problem("/v1/bars"))
