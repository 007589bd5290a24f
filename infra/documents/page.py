"""The page about the topics, in Markdown."""

from __future__ import annotations

from typing import Any, Final

from shared.asyncapi import CLOUDEVENTS, schemas, tag_of
from shared.topics import DAY, HOUR, TOPICS, Topic

HEAD: Final = """# Topics

Generated from `shared/topics.py` and `shared/events` by `make docs`; the same as a machine reads it: `asyncapi.json`.
A gateway has this page at `/docs/topics`, the document at `/asyncapi.json`, and the JSON Schema of each event at `/schemas`.
`examples/` has consumers to copy ([clients.md](clients.md#consumers-of-topics)).

Bodies are JSON. Headers: `event` (the type), `version`, `event-id` (the same content has the same id: skip what you have seen),
`traceparent`. Times are milliseconds since the epoch, UTC. Prices are in the instrument's currency, changes fractions (0.05: 5 %).
Ignore fields that you do not know: inside a version only optional fields are added. Delivery is at least once.

What a reader cannot handle goes to `TOPIC.dlq` as it was, with headers `dead-letter-topic`, `-partition`, `-offset`, `-timestamp`,
`-group`, `-exception` and `-error` (`python -m infra.dead_letters` lists, shows and replays them).

The same log of ticks gives the same bars, indicators and signals bit by bit, after a restart too. `Signal.quality` is the
exception: it is an annotation with the newest record at the time of publishing, and may differ when a signal is published again.
"""


def topics_page() -> str:
    """The text of ``docs/topics.md``."""
    found = schemas()
    shown: set[str] = set()
    parts = [HEAD, _table(), _cloudevents(), "## Events\n"]
    for topic in TOPICS:
        for event in topic.types:
            parts.append(_event(event.__name__, tag_of(event), topic.name, found[event.__name__]))
            shown.add(event.__name__)
    parts.append("## Parts of events\n")
    parts.extend(_event(name, "", "", found[name]) for name in sorted(found) if name not in shown)
    return "\n".join(parts)


def _table() -> str:
    rows = ["| topic | key | holds | events | written by | kept | partitions |", "|---|---|---|---|---|---|---|"]
    for topic in TOPICS:
        tags = ", ".join(f"`{tag_of(event)}`" for event in topic.types)
        writers = ", ".join(topic.writers)
        rows.append(
            f"| {topic.name} | {topic.key} | {topic.about} | {tags} | {writers} | {_retention(topic)} | {topic.partitions} |"
        )
    return "\n".join(rows) + "\n"


def _cloudevents() -> str:
    head = "## As CloudEvents\n\nWhere a message has the attributes of CloudEvents 1.0:\n\n| attribute | |\n|---|---|\n"
    return head + "".join(f"| `{name}` | {text} |\n" for name, text in CLOUDEVENTS.items())


def _retention(topic: Topic[Any]) -> str:
    if topic.cleanup == "compact":
        return "newest of each key"
    return f"{topic.retention_ms // DAY} d" if topic.retention_ms > DAY else f"{topic.retention_ms // HOUR} h"


def _event(name: str, tag: str, topic: str, schema: dict[str, Any]) -> str:
    head = f"### {name}" + (f" (`{tag}` on {topic})" if tag else "")
    lines = [head, "", schema.get("description", ""), ""]
    if "properties" not in schema:
        return "\n".join([*lines, f"One of: {', '.join(f'`{value}`' for value in schema.get('enum', ()))}", ""])
    lines += ["| field | type | required | |", "|---|---|---|---|"]
    required = schema.get("required", ())
    for field, property_schema in schema["properties"].items():
        text = " ".join(property_schema.get("description", "").split())
        lines.append(f"| {field} | {_type_text(property_schema)} | {'yes' if field in required else 'no'} | {text} |")
    return "\n".join([*lines, ""])


def _type_text(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type_text(property_schema) for property_schema in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type_text(schema['items'])}" if "items" in schema else "list"
    if schema.get("type") == "object" and "additionalProperties" in schema:
        return f"object of {_type_text(schema['additionalProperties'])}"
    return str(schema.get("type", "any"))
