"""JSON Schemas of structs as the OpenAPI document has them."""

from __future__ import annotations

from typing import Any, Final

REF: Final = "#/components/schemas/{name}"


def plain(schema: Any) -> Any:
    """The schema without keys that a declaration has removed by null, such as the ``format`` of a time that may be a date."""
    if isinstance(schema, dict):
        return {key: plain(value) for key, value in schema.items() if not (key == "format" and value is None)}
    return [plain(one) for one in schema] if isinstance(schema, list | tuple) else schema


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without null: a parameter of a URL may be missing but cannot be null."""
    kept = {key: value for key, value in schema.items() if not (key == "default" and value is None)}
    if {"type": "null"} in kept.get("anyOf", ()):
        choices = [choice for choice in kept.pop("anyOf") if choice != {"type": "null"}]
        kept |= choices[0] if len(choices) == 1 else {"anyOf": choices}
    if None in kept.get("enum", ()):
        kept["enum"] = [value for value in kept["enum"] if value is not None]
    return kept
