"""A line of a data file that people edit: a JSON object whose fields are known. Errors name the field and the value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

SHOWN: Final = 80
"""Characters of a value in an error."""
_FIELD: Final = re.compile(r"\$\.(\w+)")

T = TypeVar("T", bound=msgspec.Struct)


class DataLineError(ValueError):
    """A line is invalid; the message names the field and the value, not the file."""


def read_object(line: str) -> dict[str, Any]:
    """The JSON object of a line. Raises DataLineError."""
    try:
        found = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        raise DataLineError(f"not JSON: {error}: {line.strip()[:SHOWN]!r}") from error
    if not isinstance(found, dict):
        raise DataLineError(f"expected an object, not {str(found)[:SHOWN]}")
    return found


def convert(found: Mapping[str, Any], kind: type[T]) -> T:
    """The object as a struct.

    Raises:
        DataLineError: a field is missing, unknown or of another type.

    >>> class Line(msgspec.Struct):
    ...     day: str
    >>> convert({"day": 5}, Line)
    Traceback (most recent call last):
    ...
    shared.data_lines.DataLineError: day 5: Expected `str`, got `int` - at `$.day`
    >>> convert({"day": "Mon", "dya": "Tue"}, Line)
    Traceback (most recent call last):
    ...
    shared.data_lines.DataLineError: dya 'Tue': there is no such field; there are day
    """
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    for name, value in found.items():
        if name not in known:
            raise DataLineError(f"{name[:SHOWN]} {_shown(value)}: there is no such field; there are {', '.join(known)}")
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as error:
        field = _FIELD.search(str(error))
        value = f"{field[1]} {_shown(found.get(field[1]))}: " if field else ""
        raise DataLineError(f"{value}{error}") from error


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} ..."
