"""The page about the topics, from their AsyncAPI document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

PAGE: Final = (
    '<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Topics</title>\n<h1>Topics</h1>\n<p>{about}</p>\n"
    '<p><a href="/asyncapi.json">AsyncAPI document</a>, <a href="/schemas">JSON Schemas</a></p>\n{body}\n</html>\n'
)


def topic_page(document: Mapping[str, Any]) -> str:
    """The page: each topic, its events, and their fields."""
    schemas, messages = document["components"]["schemas"], document["components"]["messages"]
    parts = ["<h2>As CloudEvents</h2>", _table(("attribute", "where"), document["info"]["x-cloudevents"].items())]
    for name, channel in document["channels"].items():
        parts.append(f'<h2 id="{escape(name)}">{escape(name)}</h2>\n<p>{escape(channel["description"])}</p>')
        for tag in channel["messages"]:
            title = messages[tag]["title"]
            parts.append(
                f'<h3 id="{escape(tag)}">{escape(title)} (<a href="/schemas/{escape(tag)}"><code>{escape(tag)}</code></a>)</h3>'
            )
            parts.append(_fields(schemas[title]))
    return PAGE.format(about=escape(document["info"]["description"]), body="\n".join(parts))


def _fields(schema: Mapping[str, Any]) -> str:
    required = schema.get("required", ())
    rows = (
        (name, type_text(field), "yes" if name in required else "no", field.get("description", ""))
        for name, field in schema["properties"].items()
    )
    return f"<p>{escape(schema.get('description', ''))}</p>" + _table(("field", "type", "required", ""), rows)


def _table(head: tuple[str, ...], rows: Any) -> str:
    return "<table>\n" + "\n".join(_rows(head, rows)) + "\n</table>"


def _rows(head: tuple[str, ...], rows: Any) -> Iterator[str]:
    yield f"<tr>{''.join(f'<th>{escape(cell)}</th>' for cell in head)}</tr>"
    for row in rows:
        yield f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>"


def type_text(schema: Mapping[str, Any]) -> str:
    """A schema in a few words.

    >>> type_text({"anyOf": [{"type": "number"}, {"type": "null"}]})
    'number or null'
    >>> type_text({"type": "array", "items": {"$ref": "#/$defs/Line"}})
    'list of Line'
    """
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " or ".join(map(type_text, schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {type_text(schema['items'])}" if "items" in schema else "list"
    return str(schema.get("type", "any"))
