"""Operations that need a key as the OpenAPI document has them."""

from __future__ import annotations

import json
from typing import Any, Final

from services.gateway.domain.parameter_types import EntityTags, IdempotencyKey
from services.gateway.handlers.openapi_parameters import in_header, in_path, in_query
from services.gateway.handlers.openapi_problems import BODY_STATUSES, READ_STATUSES, problem_responses
from services.gateway.handlers.operation import Operation

NO_CONTENT: Final = 204
ETAG: Final = {"ETag": {"schema": {"type": "string"}, "description": "Send it back as If-Match to change this state and no other."}}
IF_MATCH: Final = in_header("If-Match", EntityTags, "The ETag of the state to change, or `*` for any.", required=True)
IDEMPOTENCY: Final = in_header(
    "Idempotency-Key",
    IdempotencyKey,
    "The same key within 24 hours gets the answer of the first request, and nothing is done again.",
)


def operation_id(path: str, method: str = "get") -> str:
    """The name of an operation.

    >>> operation_id("/v1/instruments/{symbol}"), operation_id("/v1/keys/{id}", "delete")
    ('instruments_by_symbol', 'delete_keys_by_id')
    """
    name = path.removeprefix("/v1/").replace("/", "_").replace("-", "_").replace("{", "by_").replace("}", "")
    return name if method == "get" else f"{method}_{name}"


def keyed_operation(operation: Operation, body: dict[str, Any] | None, page: dict[str, Any]) -> dict[str, Any]:
    """The operation object."""
    success: dict[str, Any] = {"description": "Done"}
    if operation.status != NO_CONTENT:
        success = {"description": "The requested data", "content": {"application/json": {"schema": page}}}
    if operation.matched:
        success["headers"] = ETAG
    statuses = BODY_STATUSES if body else READ_STATUSES
    found: dict[str, Any] = {
        "operationId": operation_id(operation.path, operation.method.lower()),
        "summary": operation.summary,
        "tags": [operation.tag],
        "description": (operation.answer.__doc__ or "").strip(),
        "parameters": [*in_path(operation.path), *in_query(operation.query), *_headers(operation)],
        "responses": {str(operation.status): success, **problem_responses(sorted({*statuses, *operation.problems}))},
        "security": [{"key": [operation.scope]}],
    }
    if body is not None:
        content = {"application/json": {"schema": body, "example": json.loads(operation.example)}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _headers(operation: Operation) -> list[dict[str, Any]]:
    changes = operation.method != "GET"
    return [*([IF_MATCH] if operation.matched and changes else []), *([IDEMPOTENCY] if operation.idempotent else [])]
