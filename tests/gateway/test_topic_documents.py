"""/docs/topics, /asyncapi.json and /schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
from jsonschema import Draft202012Validator

from tests.wire.test_wire import SAMPLES

ASYNCAPI = Path(__file__).parents[2] / "docs" / "asyncapi.json"


async def read(client: aiohttp.ClientSession, path: str, status: int = 200) -> Any:
    async with client.get(path) as response:
        assert response.status == status
        return await response.json(content_type=None)


async def test_every_event_has_a_schema_at_its_address(client: aiohttp.ClientSession) -> None:
    listed = (await read(client, "/schemas"))["schemas"]
    assert {each["event"] for each in listed} == {path.stem for path in SAMPLES}
    for sample in SAMPLES:
        schema = await read(client, f"/schemas/{sample.stem}")
        assert schema["$id"] == f"/schemas/{sample.stem}"
        Draft202012Validator(schema).validate(json.loads(sample.read_bytes()))
    assert (await read(client, "/schemas/nothing", 404))["field"] == "name"


async def test_the_document_is_the_committed_one(client: aiohttp.ClientSession) -> None:
    served, committed = await read(client, "/asyncapi.json"), json.loads(ASYNCAPI.read_text())
    assert served | {"info": {}} == committed | {"info": {}}
    assert served["info"]["x-cloudevents"]["id"] == "the header `event-id`"


async def test_the_page_shows_every_topic_event_and_field(client: aiohttp.ClientSession) -> None:
    async with client.get("/docs/topics") as response:
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        text = await response.text()
    document = json.loads(ASYNCAPI.read_text())
    for name, channel in document["channels"].items():
        assert f'<h2 id="{name}">' in text
        for tag in channel["messages"]:
            assert f'href="/schemas/{tag}"' in text
    assert "<td>day_volume</td><td>number or null</td><td>no</td>" in text
    assert "<script" not in text
