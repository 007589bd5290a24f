"""Encoding of events as message bodies and headers, and decoding.

The body is JSON. The headers ``event``, ``version``, ``event-id`` and ``traceparent`` let a reader route without parsing the body.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeVar

import msgspec

from shared.events import Event
from shared.topics import Topic

E = TypeVar("E", bound=Event)
Header = tuple[str, bytes]
Headers = Sequence[Header]

_encoder = msgspec.json.Encoder()
_type_headers: dict[type[Event], tuple[Header, Header]] = {}
_decoders: dict[str, msgspec.json.Decoder[Any]] = {}


class Encoded(msgspec.Struct, frozen=True):
    """An event as a message: a process that only passes it on does not decode it."""

    event: str
    version: int
    event_id: str
    body: msgspec.Raw


class WireError(ValueError):
    """The bytes are not an event of their topic. The message names the field."""


def encode(event: Event) -> bytes:
    """The body of an event. NaN becomes null: JSON has no NaN."""
    return _encoder.encode(event)


def encoded(event: Event) -> Encoded:
    """An event with all that its message needs."""
    return Encoded(str(event.__struct_config__.tag), event.version, event.event_id, msgspec.Raw(encode(event)))


def headers(event: Event | Encoded, traceparent: str | None = None) -> list[tuple[str, bytes]]:
    """The headers of a message with the body ``encode(event)``."""
    if isinstance(event, Encoded):
        kind, version = ("event", event.event.encode()), ("version", str(event.version).encode())
    else:
        kind, version = _type_headers.get(type(event)) or _headers_of_type(type(event))
    identity = ("event-id", event.event_id.encode())
    if traceparent:
        return [kind, version, identity, ("traceparent", traceparent.encode())]
    return [kind, version, identity]


def _headers_of_type(kind: type[Event]) -> tuple[Header, Header]:
    found = ("event", str(kind.__struct_config__.tag).encode()), ("version", str(kind.version).encode())
    _type_headers[kind] = found
    return found


def decode(topic: Topic[E], body: bytes | None) -> E:
    """The event in a message of ``topic``.

    Raises:
        WireError: the body is missing, is not JSON, has another type, or lacks a field.
    """
    if body is None:
        raise WireError(f"{topic.name}: the message has no body")
    try:
        event: E = decoder(topic).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WireError(f"{topic.name}: {error}") from error
    return event


def decoder(topic: Topic[E]) -> msgspec.json.Decoder[E]:
    """The msgspec decoder of a topic, for loops over many messages; raises ``msgspec.DecodeError``."""
    found = _decoders.get(topic.name)
    if found is None:
        found = _decoders[topic.name] = msgspec.json.Decoder(reduce(or_, topic.types))
    return found


def header(found: Iterable[tuple[str, bytes]], name: str) -> str | None:
    """The value of the first header with that name, or None."""
    for key, value in found:
        if key == name:
            return value.decode(errors="replace")
    return None


def new_trace() -> str:
    """A new W3C traceparent."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
