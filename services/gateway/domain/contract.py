"""What a change of the OpenAPI document takes away from the clients of v1."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

Side = Literal["sent", "answered"]
"""Who writes the value: the client (``sent``) or the gateway (``answered``)."""
LOWEST: Final = ("minimum", "minLength", "minItems", "exclusiveMinimum")
HIGHEST: Final = ("maximum", "maxLength", "maxItems", "exclusiveMaximum")


def breaking_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Each thing that a client of ``before`` may use and ``after`` lacks; empty where a client needs no change.

    A path, method, parameter, field, status or value of an enumeration that is gone; a type that is another; a parameter or a field
    of a body that is required now; a narrower limit; a field of an answer that may be missing now.
    """
    return [*_paths(before, after), *_schemas(before, after)]


def _paths(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for path, operations in before["paths"].items():
        for method, operation in operations.items():
            at = f"{method.upper()} {path}"
            found = after["paths"].get(path, {}).get(method)
            if found is None:
                yield f"{at} is gone"
            else:
                yield from _parameters(at, operation, found)
                yield from _body(at, operation.get("requestBody"), found.get("requestBody"))
                yield from _answers(at, operation["responses"], found["responses"])


def _parameters(at: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    known = {(one["in"], one["name"]): one for one in before.get("parameters", ())}
    found = {(one["in"], one["name"]): one for one in after.get("parameters", ())}
    for key, parameter in known.items():
        if key not in found:
            yield f"{at}: the parameter {key[1]} is gone"
        else:
            yield from _changes(f"{at}: {key[1]}", parameter["schema"], found[key]["schema"], "sent")
    for key, parameter in found.items():
        if parameter.get("required") and not known.get(key, {}).get("required"):
            yield f"{at}: the parameter {key[1]} is required now"


def _body(at: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[str]:
    if before is None:
        if after is not None and after.get("required"):
            yield f"{at}: a body is required now"
    elif after is None:
        yield f"{at}: no body is taken any more"
    else:
        yield from _contents(at, before.get("content", {}), after.get("content", {}), "sent")


def _answers(at: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in before.items():
        if status not in after:
            yield f"{at}: the status {status} is gone"
        else:
            yield from _contents(f"{at}: {status}", answer.get("content", {}), after[status].get("content", {}), "answered")


def _contents(at: str, before: Mapping[str, Any], after: Mapping[str, Any], side: Side) -> Iterator[str]:
    for kind, content in before.items():
        if kind not in after:
            yield f"{at}: {kind} is gone"
        elif "schema" in content:
            yield from _changes(at, content["schema"], after[kind].get("schema", {}), side)


def _schemas(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    known, found = before["components"]["schemas"], after["components"]["schemas"]
    sent = _of_bodies(before)
    for name, schema in known.items():
        if name not in found:
            yield f"the schema {name} is gone"
        else:
            yield from _changes(name, schema, found[name], "sent" if name in sent else "answered")


def _of_bodies(document: Mapping[str, Any]) -> set[str]:
    """The names of the schemas of bodies that clients send."""
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names: set[str] = set()
    open_names = list(_references([operation["requestBody"] for operation in operations if "requestBody" in operation]))
    while open_names:
        name = open_names.pop()
        if name not in names:
            names.add(name)
            open_names += _references(document["components"]["schemas"][name])
    return names


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _references(one)


def _changes(at: str, before: Mapping[str, Any], after: Mapping[str, Any], side: Side) -> Iterator[str]:
    for key in ("type", "$ref", "format", "const"):
        if key in before and before[key] != after.get(key):
            yield f"{at}: {key} was {before[key]}, is {after.get(key)}"
    if "enum" in before and (gone := [value for value in before["enum"] if value not in after.get("enum", before["enum"])]):
        yield f"{at}: the values {gone} are gone"
    yield from _choices(at, before.get("anyOf"), after.get("anyOf"), side)
    yield from _fields(at, before, after, side)
    if side == "sent":
        yield from _limits(at, before, after)
    for key in ("items", "additionalProperties"):
        if isinstance(before.get(key), Mapping) and isinstance(after.get(key), Mapping):
            yield from _changes(f"{at}.{key}", before[key], after[key], side)


def _choices(at: str, before: list[Any] | None, after: list[Any] | None, side: Side) -> Iterator[str]:
    known, found = ({json.dumps(one, sort_keys=True) for one in choices or ()} for choices in (before, after))
    if known and side == "sent" and known - found:
        yield f"{at}: {sorted(known - found)} is no longer taken"
    if known and side == "answered" and found - known:
        yield f"{at}: {sorted(found - known)} may be answered now"


def _fields(at: str, before: Mapping[str, Any], after: Mapping[str, Any], side: Side) -> Iterator[str]:
    found = after.get("properties", {})
    for name, schema in before.get("properties", {}).items():
        if name not in found:
            yield f"{at}: the field {name} is gone"
        else:
            yield from _changes(f"{at}.{name}", schema, found[name], side)
    known, required = set(before.get("required", ())), set(after.get("required", ()))
    for name in sorted(required - known if side == "sent" else (known & set(found)) - required):
        yield f"{at}: the field {name} {'is required now' if side == 'sent' else 'may be missing now'}"


def _limits(at: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key in (*LOWEST, *HIGHEST):
        if key in after:
            was, now = before.get(key), after[key]
            if was is None or (now > was if key in LOWEST else now < was):
                yield f"{at}: {key} was {was}, is {now}"
    if "pattern" in after and after["pattern"] != before.get("pattern"):
        yield f"{at}: pattern was {before.get('pattern')}, is {after['pattern']}"
