"""JSON Schemas as Python types: TypedDicts for objects, annotations for the rest."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from typing import Any, Final

PAGE: Final = re.compile(r"^Page_(\w+)_$")
PLAIN: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
HEAD: Final = '''"""The objects of the API, as its document has them. Written by `python -m infra.clients`: do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict
'''


def type_name(schema_name: str) -> str:
    """The name of the class of a schema.

    >>> type_name("Page_Bar_"), type_name("Bar")
    ('BarPage', 'Bar')
    """
    found = PAGE.match(schema_name)
    return f"{found[1]}Page" if found else schema_name


def annotation(schema: Mapping[str, Any], prefix: str = "") -> str:
    """The annotation of a schema.

    >>> annotation({"anyOf": [{"type": "string"}, {"type": "null"}]}), annotation({"enum": ["a", "b"]})
    ('str | None', "Literal['a', 'b']")
    >>> annotation({"type": "array", "items": {"$ref": "#/components/schemas/Bar"}})
    'list[Bar]'
    """
    if "$ref" in schema:
        return prefix + type_name(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        known = ", ".join(repr(value) for value in schema["enum"] if value is not None)
        return f"Literal[{known}]" + (" | None" if None in schema["enum"] else "")
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(annotation({"type": schema.get("type"), **one}, prefix) for one in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list[{annotation(schema.get('items', {}), prefix)}]"
    if schema.get("type") == "object":
        more = schema.get("additionalProperties")
        return f"dict[str, {annotation(more, prefix) if isinstance(more, Mapping) else 'Any'}]"
    return PLAIN.get(schema.get("type", ""), "Any")


def models(document: Mapping[str, Any]) -> str:
    """The module of all objects."""
    parts = [HEAD]
    for name, schema in document["components"]["schemas"].items():
        if any(keyword.iskeyword(field) for field in schema["properties"]):
            parts.append(_by_call(type_name(name), schema))
            continue
        about = schema.get("description", "").split("\n")[0].replace('"""', "")
        lines = [f'    """{about}"""', ""] if about else []
        required = schema.get("required", ())
        for field, kind in schema["properties"].items():
            shown = annotation(kind)
            lines.append(f"    {field}: {shown if field in required else f'NotRequired[{shown}]'}")
        parts.append(f"class {type_name(name)}(TypedDict):\n" + "\n".join(lines or ["    pass"]) + "\n")
    return "\n\n".join(parts)


def _by_call(name: str, schema: Mapping[str, Any]) -> str:
    """The class of an object with a field whose name is a keyword of Python."""
    fields = [f'"{field}": {annotation(kind)!r}' for field, kind in schema["properties"].items()]
    total = "" if set(schema["properties"]) <= set(schema.get("required", ())) else ", total=False"
    return f'{name} = TypedDict("{name}", {{{", ".join(fields)}}}{total})\n'


def argument(name: str) -> str:
    """A parameter's name as an argument.

    >>> argument("If-Match"), argument("from")
    ('if_match', 'from_')
    """
    shown = name.lower().replace("-", "_")
    return f"{shown}_" if keyword.iskeyword(shown) else shown
