"""The examples in docs/api.md run as written."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from sqlalchemy import insert

from services.gateway.handlers.routes import ACTIONS, ROUTES, RUN_ACTIONS
from services.gateway.settings import Settings
from shared import tables
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway
from tests.setting_docs import undocumented

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)


def requests() -> list[tuple[str, int, Any]]:
    """(path, status, the answer in the document or None) of each request in docs/api.md."""
    found: list[tuple[str, int, Any]] = []
    for number, (language, text) in enumerate(BLOCKS):
        if language != "http":
            continue
        lines = text.strip().splitlines()
        for at, line in enumerate(lines):
            if not line.startswith("GET "):
                continue
            status = int(lines[at + 1]) if at + 1 < len(lines) and lines[at + 1].isdigit() else 200
            following = BLOCKS[number + 1] if number + 1 < len(BLOCKS) else ("", "")
            shown = msgspec.json.decode(following[1]) if following[0] == "json" and len(lines) <= 2 else None
            found.append((line[4:], status, shown))
    return found


@pytest.fixture
async def client(server: RunningGateway) -> AsyncIterator[aiohttp.ClientSession]:
    """Of a gateway that has bars of 2013 too, as after ``make run``."""
    async with server.database.begin() as connection:
        await connection.execute(insert(tables.bars), [market.bar_row(market.bar(n=n)) for n in range(-3490, -3470)])
    async with aiohttp.ClientSession(server.url) as session:
        yield session


@pytest.mark.parametrize(("path", "status", "shown"), requests(), ids=lambda value: value if isinstance(value, str) else "")
async def test_requests_in_the_document_are_answered_as_written(
    client: aiohttp.ClientSession, path: str, status: int, shown: Any
) -> None:
    async with client.get(path) as response:
        assert response.status == status
        if response.content_type == "text/event-stream":
            assert (await response.content.readline()) == b"event: subscription\n"
            return
        body = await response.json(content_type=None)
    if shown is not None:
        assert body == shown
    elif status == 200:
        assert body["results"], "the example must return results"


@pytest.mark.parametrize("dialogue", [text for language, text in BLOCKS if language == "ws"])
async def test_dialogues_in_the_document_run_as_written(client: aiohttp.ClientSession, dialogue: str) -> None:
    async with client.ws_connect("/v1/stream") as stream:
        for line in dialogue.strip().splitlines():
            if line.startswith("> "):
                await stream.send_str(line[2:])
                continue
            async with asyncio.timeout(10):
                frame = await stream.receive_json()
            expected = msgspec.json.decode(line[2:])
            for received, shown in zip(frame, expected, strict=True):
                assert set(received) == set(shown)
                assert all(matches(received[name], shown[name]) for name in shown if name != "seq"), (received, shown)


def matches(received: Any, shown: Any) -> bool:
    """True where the texts match; ``...`` in ``shown`` matches any text."""
    if isinstance(shown, str) and "..." in shown:
        return all(part in received for part in shown.split("..."))
    return bool(received == shown)


def test_the_document_names_every_resource_and_parameter() -> None:
    for route in ROUTES:
        assert f"`{route.path}`" in PAGE
        for name in route.query.__struct_fields__:
            assert f"`{name}`" in PAGE, (route.path, name)
    for action in (*ACTIONS, *RUN_ACTIONS):
        assert f"`{action.path}`" in PAGE
        for name in action.body.__struct_fields__:
            assert f"`{name}`" in PAGE, (action.path, name)


def test_every_setting_has_a_docstring() -> None:
    assert undocumented(Settings) == []
