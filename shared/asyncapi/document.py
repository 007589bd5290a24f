"""The AsyncAPI 3.0 document of the mesh, with the JSON Schema of every event."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import msgspec

from shared import events
from shared.asyncapi.descriptions import field_descriptions
from shared.topics import TOPICS, Topic

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
ABOUT: Final = (
    "Independent services exchange these events over Kafka. The body is JSON; the headers route without parsing it. "
    "Times are milliseconds since the epoch, UTC; prices are in the instrument's currency; changes are fractions. "
    "Inside a version only optional fields are ever added: ignore fields that you do not know. "
    "What a reader cannot handle goes to the topic with .dlq behind its name, as it was, with the reason in headers."
)


CLOUDEVENTS: Final = MappingProxyType(
    {
        "specversion": "1.0; it is not sent",
        "id": "the header `event-id`",
        "source": "the field `source` of the body, where it has one; else the name of the topic",
        "type": "`finstage.EVENT.vVERSION`, of the headers `event` and `version`",
        "subject": "the key of the message",
        "time": "the field `ts_event` of the body, in milliseconds since the epoch",
        "datacontenttype": "application/json",
        "dataschema": "`/schemas/EVENT` of the gateway",
        "traceparent": "the header `traceparent` (the extension Distributed Tracing)",
        "data": "the body of the message",
    }
)
"""Where a message has the attributes of CloudEvents 1.0."""


def document(version: str) -> dict[str, Any]:
    """The whole document; ``version`` is the product's."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Finstage", "version": version, "description": ABOUT, "x-cloudevents": dict(CLOUDEVENTS)},
        "defaultContentType": "application/json",
        "servers": {"local": {"host": "127.0.0.1:9092", "protocol": "kafka", "description": "The broker that make run starts."}},
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {operation: found for topic in TOPICS for operation, found in _operations(topic).items()},
        "components": {"messages": _messages(), "schemas": schemas()},
    }


def schemas() -> dict[str, Any]:
    """The JSON Schema (2020-12) of every event, by class name, with the fields described."""
    types = [event for topic in TOPICS for event in topic.types]
    return _described(types, "#/components/schemas/{name}")


def event_schemas() -> dict[str, dict[str, Any]]:
    """A whole JSON Schema (2020-12) for each event, by the value of its header ``event``."""
    return {tag_of(event): _schema(event, topic) for topic in TOPICS for event in topic.types}


def _schema(event: type[events.Event], topic: Topic[Any]) -> dict[str, Any]:
    parts = _described([event], "#/$defs/{name}")
    own = parts.pop(event.__name__)
    head = {"$schema": DIALECT, "$id": f"/schemas/{tag_of(event)}", "x-topic": topic.name, "x-version": event.version}
    return {**head, **own, **({"$defs": parts} if parts else {})}


def _described(types: Sequence[type[events.Event]], references: str) -> dict[str, Any]:
    """The schemas of some types and their parts, by class name."""
    _, found = msgspec.json.schema_components(types, ref_template=references)
    for (name, field), text in _descriptions().items():
        if name in found and field in found[name].get("properties", {}):
            found[name]["properties"][field]["description"] = text
    return {name: found[name] for name in sorted(found)}


@cache
def _descriptions() -> dict[tuple[str, str], str]:
    return field_descriptions(events)


def tag_of(event: type[events.Event]) -> str:
    """The value of the header ``event`` and of the field ``type``."""
    return str(event.__struct_config__.tag)


def _channel(topic: Topic[Any]) -> dict[str, Any]:
    configuration: dict[str, Any] = {"cleanup.policy": [topic.cleanup], "max.message.bytes": topic.max_message_bytes}
    if topic.cleanup == "delete":
        configuration["retention.ms"] = topic.retention_ms
    return {
        "address": topic.name,
        "description": f"{topic.about} Key: {topic.key}. Written by {', '.join(topic.writers)}.",
        "messages": {tag_of(event): {"$ref": f"#/components/messages/{tag_of(event)}"} for event in topic.types},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": configuration,
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operations(topic: Topic[Any]) -> dict[str, Any]:
    channel = {"$ref": f"#/channels/{topic.name}"}
    name = topic.name.replace(".", "-")
    return {
        f"publish-{name}": {"action": "send", "channel": channel, "summary": f"{', '.join(topic.writers)} publishes."},
        f"read-{name}": {"action": "receive", "channel": channel, "summary": "Anyone may read, in a consumer group of their own."},
    }


def _messages() -> dict[str, Any]:
    return {tag_of(event): _message(event, topic) for topic in TOPICS for event in topic.types}


def _message(event: type[events.Event], topic: Topic[Any]) -> dict[str, Any]:
    return {
        "name": tag_of(event),
        "title": event.__name__,
        "summary": (event.__doc__ or "").strip().split("\n")[0],
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "required": ["event", "version", "event-id"],
            "properties": {
                "event": {"const": tag_of(event)},
                "version": {"const": str(event.version)},
                "event-id": {"type": "string", "description": "The same content has the same id; a repeat is a duplicate."},
                "traceparent": {"type": "string", "description": "W3C trace context."},
            },
        },
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}, "bindingVersion": "0.5.0"}},
    }
