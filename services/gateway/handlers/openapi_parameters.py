"""Parameters of paths and of queries as the OpenAPI document has them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from services.gateway.domain.parameter_types import AlertNumber, FileName, Identifier, RuleSlug, Slug, Symbol
from services.gateway.handlers.openapi_schemas import REF, plain, without_null

PATH_PARTS: Final[Mapping[str, Any]] = MappingProxyType(
    {"symbol": Symbol, "industry": Slug, "id": Identifier, "name": FileName, "number": AlertNumber, "rule": RuleSlug}
)
"""The types of the parts of paths. They are descriptions: what is not there is answered with 404."""


def in_path(path: str) -> list[dict[str, Any]]:
    """The parts of a path that are parameters."""
    parts = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [_parameter(part, "path", msgspec.json.schema(PATH_PARTS.get(part, Identifier)), required=True) for part in parts]


def in_query(query: type[msgspec.Struct]) -> list[dict[str, Any]]:
    """The parameters of a query, in the order of the struct."""
    (_,), components = msgspec.json.schema_components([query], ref_template=REF)
    own = components[query.__name__]
    required = own.get("required", ())
    return [_parameter(name, "query", schema, required=name in required) for name, schema in own["properties"].items()]


def in_header(name: str, kind: Any, about: str, *, required: bool = False) -> dict[str, Any]:
    """A header."""
    return _parameter(name, "header", {**msgspec.json.schema(kind), "description": about}, required=required)


def _parameter(name: str, place: str, schema: Mapping[str, Any], *, required: bool) -> dict[str, Any]:
    shown = plain(without_null(dict(schema)))
    about, examples = shown.pop("description", ""), shown.pop("examples", ())
    parameter = {"name": name, "in": place, "required": required, "schema": shown}
    if about:
        parameter["description"] = about
    if examples:
        parameter["example"] = examples[0]
    return parameter
