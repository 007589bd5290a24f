"""JSON bodies of requests, checked against a struct."""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

import msgspec

from services.gateway.domain.field_values import OF_A_BODY, PATTERN, choices
from services.gateway.domain.problems import RequestError, unknown_value_error
from services.gateway.domain.wrong_values import wrong_value

B = TypeVar("B", bound=msgspec.Struct)
_AT: Final = " - at `$."
"""What msgspec writes before the path of a value."""
_FIELD: Final = re.compile(r"field `(\w+)`")
_NAME: Final = re.compile(r"(\w+)(?:\[(\d+)\])?")
MAX_DEPTH: Final = 32
"""Arrays and objects within each other."""


def parse_body(body: bytes, expected: type[B]) -> B:
    """The struct in a body.

    Raises:
        RequestError: the body is no JSON, or a field has a value that is not allowed; the error names both.
    """
    try:
        given = _whole_numbers(msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RequestError("malformed-request", f"the body is no JSON: {error}") from error
    except RecursionError as error:
        raise RequestError("malformed-request", "the body has too many arrays and objects within each other") from error
    try:
        return msgspec.convert(given, type=expected)
    except msgspec.ValidationError as error:
        raise _invalid_field(str(error), given, expected) from error


def _whole_numbers(value: Any, depth: int = 0) -> Any:
    """The value with ``2.0`` as 2: in JSON Schema both are an integer.

    >>> _whole_numbers({"a": [2.0, 2.5, True]})
    {'a': [2, 2.5, True]}
    """
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole_numbers(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {name: _whole_numbers(one, depth + 1) for name, one in value.items()}
    return value


def _invalid_field(message: str, given: Any, expected: type[msgspec.Struct]) -> RequestError:
    text, at, path = message.rpartition(_AT)
    found = _NAME.match(path) if at else _FIELD.search(message)
    field, text = found.group(1) if found else "", text if at else message
    value = given.get(field, "") if isinstance(given, dict) else given
    is_list, element = isinstance(value, list), found.group(2) if at and found else None
    if is_list and element is not None:
        value = value[int(element)]
    shown = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    known = choices(expected, field) if at and found else ()
    if known and (element is not None or not is_list):
        return unknown_value_error(field, shown, known)
    code, values = wrong_value(text)
    if PATTERN in text and field in OF_A_BODY:
        text = f"expected {OF_A_BODY[field]}"
    if known:
        text = f"{text}, of: {', '.join(known)}"
    return RequestError(
        "invalid-parameter", f"{field}: {text}" if field else text, field=field, value=shown, code=code, values=values
    )
