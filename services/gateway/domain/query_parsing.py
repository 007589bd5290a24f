"""Parses the parameters of a URL into the query of a resource."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, TypeVar, get_args, get_type_hints

import msgspec

from services.gateway.domain.field_values import OF_A_QUERY, PATTERN, choices
from services.gateway.domain.parameter_types import PATTERNS, RULES
from services.gateway.domain.problems import RequestError, unknown_value_error
from services.gateway.domain.times import milliseconds
from services.gateway.domain.wrong_values import wrong_value
from shared.text import normalize

MAX_VALUE_CHARACTERS: Final = 8192
"""Characters of a normalized parameter that are kept: more than 200 symbols need."""
Q = TypeVar("Q", bound=msgspec.Struct)
_DATE: Final = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_LOST_PLUS: Final = re.compile(r" (\d{2}:\d{2})$")
_AT: Final = re.compile(r"`\$\.(\w+)`")
_FIELD: Final = re.compile(r"field `(\w+)`")
_ENUM: Final = "Invalid enum value"
NAMES_BY_FIELD: Final = MappingProxyType({"rule": RULES, "pattern": PATTERNS})
"""The allowed values of parameters that are checked after parsing."""


def parse_query(parameters: Mapping[str, str], query_type: type[Q]) -> Q:
    """The query that the parameters of a URL ask for.

    Raises:
        RequestError: an unknown parameter, a missing one, a value that is not allowed, or a start after the end; it names field
            and value.
    """
    fields = query_type.__struct_fields__
    for name in parameters:
        if name not in fields:
            allowed = ", ".join(fields) or "none"
            raise RequestError(
                "unknown-parameter",
                f"{name!r:.80} is not a parameter of this resource; there are: {allowed}",
                field=name[:80],
                value=parameters[name],
                code="parameter-unknown",
                values={"known": allowed},
            )
    times = time_fields(query_type)
    try:
        found = msgspec.convert(
            {name: _normalized(value, is_time=name in times) for name, value in parameters.items()}, query_type, strict=False
        )
    except msgspec.ValidationError as error:
        raise _invalid_parameter(str(error), parameters, query_type) from error
    for name, value in parameters.items():
        _check_text(name, value, getattr(found, name))
    for name, known in NAMES_BY_FIELD.items():
        chosen = getattr(found, name, None)
        if chosen is not None and chosen not in known:
            raise unknown_value_error(name, parameters[name], known)
    _check_order(parameters, getattr(found, "start", None), getattr(found, "end", None))
    return found


@cache
def time_fields(query_type: type[msgspec.Struct]) -> frozenset[str]:
    """The names of the fields that are times.

    >>> from services.gateway.domain.queries import BarsQuery
    >>> sorted(time_fields(BarsQuery))
    ['as_of', 'end', 'start']
    """
    return frozenset(name for name, hint in get_type_hints(query_type).items() if dt.datetime in (hint, *get_args(hint)))


def _check_text(name: str, text: str, value: object) -> None:
    """Refuse what msgspec takes beside the documented values: ``null`` for no value, ``1`` and ``TRUE`` for true."""
    if value is None:
        raise RequestError(
            "invalid-parameter",
            f"{name}: null is not a value; leave the parameter out",
            field=name,
            value=text,
            code="value-missing",
        )
    if isinstance(value, dt.datetime) and text[4:5] != "-":  # a number would be seconds since the epoch
        raise RequestError(
            "invalid-parameter", f"{name}: expected RFC 3339 or a date, as in 2026-07-02", field=name, value=text, code="value-date"
        )
    if isinstance(value, bool) and text not in {"true", "false"}:
        raise RequestError(
            "invalid-parameter",
            f"{name}: expected true or false",
            field=name,
            value=text,
            code="value-kind",
            values={"kind": "bool"},
        )


def _check_order(parameters: Mapping[str, str], start: object, end: object) -> None:
    if isinstance(start, dt.datetime) and isinstance(end, dt.datetime) and milliseconds(start) > milliseconds(end):
        raise RequestError(
            "invalid-parameter",
            f"start: {parameters['start']!r:.80} is after the end, {parameters['end']!r:.80}",
            field="start",
            value=parameters["start"],
            code="start-after-end",
            values={"end": parameters["end"]},
            fits=True,
        )


def _normalized(raw: str, *, is_time: bool) -> str:
    value = normalize(raw, MAX_VALUE_CHARACTERS)
    if not is_time:
        return value
    if _DATE.match(value):
        return f"{value}T00:00:00Z"
    return _LOST_PLUS.sub(r"+\1", value)  # an unescaped + arrives as a space


def _invalid_parameter(message: str, parameters: Mapping[str, str], query_type: type[msgspec.Struct]) -> RequestError:
    found = _AT.search(message) or _FIELD.search(message)
    field = found.group(1) if found else ""
    if message.startswith(_ENUM) and field:
        return unknown_value_error(field, parameters[field], choices(query_type, field))
    text = f"expected {OF_A_QUERY[field]}" if PATTERN in message and field in OF_A_QUERY else message.split(" - at ", maxsplit=1)[0]
    about, (code, values) = f"{field}: {text}" if field else text, wrong_value(message.split(" - at ", maxsplit=1)[0])
    return RequestError("invalid-parameter", about, field=field, value=parameters.get(field, ""), code=code, values=values)
