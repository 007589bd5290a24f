"""Checks requests against ``bot-api-spec.json``: required fields, types, unknown fields, lengths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.notifier.telegram.markup import MarkupError, parsed_length

SPEC = json.loads((Path(__file__).parent / "bot-api-spec.json").read_text(encoding="utf-8"))
LENGTHS = {"callback_data": (1, 64)}
FORMATTED = {"text", "caption"}


class BadRequestError(Exception):
    """What the Bot API would answer with 400."""


def check(method: str, fields: dict[str, str], files: dict[str, bytes]) -> dict[str, Any]:
    """The typed arguments of a request.

    Raises:
        BadRequestError: it breaks the description; says which field and how.
    """
    spec = SPEC["methods"][method]
    known = {field["name"]: field for field in spec["fields"]}
    unknown = set(fields) - set(known)
    if unknown:
        raise BadRequestError(f"{method} has no field {sorted(unknown)}")
    missing = [name for name, field in known.items() if field["required"] and name not in fields]
    if missing:
        raise BadRequestError(f"{method}: parameter {missing[0]} is required")
    typed = {name: _typed(f"{method}.{name}", value, known[name]["types"], files) for name, value in fields.items()}
    for name, field in known.items():
        if name in typed and "length" in field:
            _check_length(method, name, field["length"], typed)
    return typed


def _check_length(method: str, name: str, length: list[int], typed: dict[str, Any]) -> None:
    low, high = length
    text = typed[name]
    size = len(text)
    if name in FORMATTED and typed.get("parse_mode") == "HTML":
        try:
            size = parsed_length(text)
        except MarkupError as error:
            raise BadRequestError(f"can't parse entities: {error}") from error
    if not low <= size <= high:
        raise BadRequestError(f"{method}: {name} has {size} characters, allowed {low}-{high}")


def _typed(where: str, value: str, types: list[str], files: dict[str, bytes]) -> Any:
    reasons = []
    for kind in types:
        try:
            return _one(where, value, kind, files)
        except (BadRequestError, ValueError) as error:
            reasons.append(str(error))
    raise BadRequestError(f"{where}: {'; '.join(reasons)}")


def _one(where: str, value: str, kind: str, files: dict[str, bytes]) -> Any:
    if kind == "Integer":
        return int(value)
    if kind == "Boolean":
        if value.lower() not in {"true", "false"}:
            raise BadRequestError(f"{where} is {value!r}, not a boolean")
        return value.lower() == "true"
    if kind == "String":
        return value
    if kind == "InputFile":
        name = value.removeprefix("attach://")
        if not value.startswith("attach://") or name not in files:
            raise BadRequestError(f"{where}: no file {value[:40]!r} in the request")
        return _photo(files[name])
    return _shaped(where, json.loads(value), kind)


def _shaped(where: str, value: Any, kind: str) -> Any:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            raise BadRequestError(f"{where} is no array")
        for i, item in enumerate(value):
            _shaped(f"{where}[{i}]", item, kind[9:])
        return value
    simple = {"Integer": int, "String": str, "Boolean": bool, "Float": float}
    if kind in simple:
        if not isinstance(value, simple[kind]):
            raise BadRequestError(f"{where} is {value!r}, not {kind}")
        return value
    return _object(where, value, kind)


def _object(where: str, value: Any, kind: str) -> Any:
    described = SPEC["types"][kind]
    if not isinstance(value, dict):
        raise BadRequestError(f"{where} is no {kind}")
    if "subtypes" in described:
        return value
    known = {field["name"]: field for field in described["fields"]}
    unknown = set(value) - set(known)
    if unknown:
        raise BadRequestError(f"{where}: {kind} has no field {sorted(unknown)}")
    for name, field in known.items():
        if name not in value:
            if field["required"]:
                raise BadRequestError(f"{where}: {kind} needs {name}")
            continue
        _any(f"{where}.{name}", value[name], field["types"])
        if name in LENGTHS and not LENGTHS[name][0] <= len(value[name].encode()) <= LENGTHS[name][1]:
            raise BadRequestError(f"{where}.{name} has {len(value[name].encode())} bytes")
    return value


def _any(where: str, value: Any, kinds: list[str]) -> None:
    reasons = []
    for kind in kinds:
        try:
            _shaped(where, value, kind)
        except BadRequestError as error:
            reasons.append(str(error))
        else:
            return
    raise BadRequestError("; ".join(reasons))


def _photo(body: bytes) -> bytes:
    if not body.startswith(b"\x89PNG\r\n\x1a\n") or len(body) > 10 * 1024 * 1024:
        raise BadRequestError("IMAGE_PROCESS_FAILED: no PNG of at most 10 MB")
    width, height = int.from_bytes(body[16:20], "big"), int.from_bytes(body[20:24], "big")
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise BadRequestError(f"PHOTO_INVALID_DIMENSIONS: {width} x {height}")
    return body
