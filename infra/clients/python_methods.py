"""The operations of the document as methods of the Python client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from infra.clients.python_types import annotation, argument

HEAD: Final = '''"""One method for each operation of the API. Written by `python -m infra.clients`: do not edit."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote

from finstage_client import models


class Operations:
    """The operations; ``call`` is the client's."""

    async def call(
        self, method: str, path: str, query: dict[str, Any], body: Any = None, headers: dict[str, str | None] | None = None
    ) -> Any:
        """Send a request and return the JSON of its answer."""
        raise NotImplementedError
'''


def methods(document: Mapping[str, Any]) -> str:
    """The module of all operations."""
    found = [HEAD]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if _is_json(operation):
                found.append(_method(path, method, operation))
    return "\n".join(found)


def _method(path: str, method: str, operation: Mapping[str, Any]) -> str:
    parameters = operation.get("parameters", ())
    in_path = [one for one in parameters if one["in"] == "path"]
    in_query = [one for one in parameters if one["in"] == "query"]
    in_header = [one for one in parameters if one["in"] == "header"]
    needed = [one for one in (*in_query, *in_header) if one.get("required")]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    arguments = ["self", *(f"{argument(one['name'])}: {annotation(one['schema'], 'models.')}" for one in in_path)]
    arguments += [f"body: {annotation(body, 'models.')}"] if body else []
    arguments += [f"{argument(one['name'])}: {annotation(one['schema'], 'models.')}" for one in needed]
    optional = [one for one in (*in_query, *in_header) if one not in needed]
    if optional:
        arguments += ["*", *(f"{argument(one['name'])}: {annotation(one['schema'], 'models.')} | None = None" for one in optional)]
    query = ", ".join(f"{one['name']!r}: {argument(one['name'])}" for one in in_query)
    address = path
    for one in in_path:
        address = address.replace("{" + one["name"] + "}", "{quote(" + argument(one["name"]) + ", safe='')}")
    call = [repr(method.upper()), f"f{address!r}" if in_path else repr(path), "{" + query + "}"]
    call += ["body"] if body else []
    if in_header:
        call.append("headers={" + ", ".join(f"{one['name']!r}: {argument(one['name'])}" for one in in_header) + "}")
    about = operation.get("description") or operation.get("summary", "")
    lines = [f"    async def {operation['operationId']}({', '.join(arguments)}) -> {_answer(operation)}:"]
    lines += [f'        """{line}' if not n else f"        {line}" for n, line in enumerate(_docstring(about))]
    sent, answer = f"await self.call({', '.join(call)})", _answer(operation)
    lines += [f"        {sent}"] if answer == "None" else [f"        found: {answer} = {sent}", "        return found"]
    return "\n".join(lines) + "\n"


def _is_json(operation: Mapping[str, Any]) -> bool:
    """False for the stream, which has a class of its own, and for files."""
    content = [answer["content"] for status, answer in operation["responses"].items() if status < "300" and "content" in answer]
    return all(set(kinds) == {"application/json"} for kinds in content)


def _docstring(about: str) -> Iterator[str]:
    lines = [line.strip() for line in about.split("\n")]
    if len(lines) == 1:
        yield f'{lines[0]}"""'
        return
    yield from lines
    yield '"""'


def _answer(operation: Mapping[str, Any]) -> str:
    for status in ("200", "201", "202"):
        content = operation["responses"].get(status, {}).get("content", {}).get("application/json")
        if content is not None:
            return annotation(content["schema"], "models.")
    return "None"
