"""Parses the JSON body of a request into its struct; errors name the field and the value."""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

import msgspec

from services.gateway.domain.problems import RequestError

B = TypeVar("B", bound=msgspec.Struct)
_AT: Final = " - at `$."
"""What msgspec writes before the path of a value."""
_FIELD: Final = re.compile(r"field `(\w+)`")
_NAME: Final = re.compile(r"(\w+)")


def parse_body(body: bytes, body_type: type[B]) -> B:
    """The request in a body.

    Raises:
        RequestError: the body is no JSON, or a field has a value that is not allowed; the error names both.
    """
    try:
        return msgspec.json.decode(body, type=body_type)
    except msgspec.ValidationError as error:
        raise _invalid_field(str(error), body) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RequestError("malformed-request", f"the body is no JSON: {error}") from error


def shown(value: Any) -> str:
    """A value as text, for an error."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _invalid_field(message: str, body: bytes) -> RequestError:
    text, at, path = message.rpartition(_AT)
    found = _NAME.match(path) if at else _FIELD.search(message)
    field, text = found.group(1) if found else "", text if at else message
    given: Any = msgspec.json.decode(body)
    value = shown(given.get(field, "") if isinstance(given, dict) else given)
    return RequestError("invalid-parameter", f"{field}: {text}" if field else text, field=field, value=value)
