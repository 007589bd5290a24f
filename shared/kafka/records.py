"""Typed results of publishing and consuming."""

from __future__ import annotations

from typing import Any, Generic, NamedTuple, TypeVar

from shared import wire
from shared.events import Event
from shared.topics import Topic

E = TypeVar("E", bound=Event)


class Published(NamedTuple):
    """Partition and offset of an acknowledged message."""

    partition: int
    offset: int


class Record(NamedTuple, Generic[E]):
    """A decoded message."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    """Time of production in the broker's log, milliseconds since the epoch."""
    key: str
    event: E
    traceparent: str | None


def record_of(topic: Topic[E], message: Any) -> Record[E]:
    """The typed record of aiokafka's ``ConsumerRecord``.

    Raises:
        WireError: the body is not an event of the topic; the message names the field.
    """
    return Record(
        message.topic,
        message.partition,
        message.offset,
        message.timestamp,
        (message.key or b"").decode(errors="replace"),
        wire.decode(topic, message.value),
        wire.header(message.headers, "traceparent"),
    )
