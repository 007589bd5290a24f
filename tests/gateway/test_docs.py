"""Every example in docs/api.md is true."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from services.gateway.handlers.routes import ROUTES
from services.gateway.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)


def requests() -> list[tuple[str, int, Any]]:
    """(path, status, the answer that the page shows or None) of each request on the page."""
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


@pytest.mark.parametrize(("path", "status", "shown"), requests(), ids=lambda value: value if isinstance(value, str) else "")
async def test_a_request_of_the_page_is_answered_as_shown(
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
        assert body["results"], "an example that answers nothing explains nothing"


@pytest.mark.parametrize("talk", [text for language, text in BLOCKS if language == "ws"])
async def test_a_talk_of_the_page_goes_as_shown(client: aiohttp.ClientSession, talk: str) -> None:
    async with client.ws_connect("/v1/stream") as stream:
        for line in talk.strip().splitlines():
            if line.startswith("> "):
                await stream.send_str(line[2:])
                continue
            async with asyncio.timeout(10):
                frame = await stream.receive_json()
            expected = msgspec.json.decode(line[2:])
            for heard, shown in zip(frame, expected, strict=True):
                assert set(heard) == set(shown)
                assert all(like(heard[name], shown[name]) for name in shown if name != "seq"), (heard, shown)


def like(heard: Any, shown: Any) -> bool:
    """``...`` stands for what differs from run to run."""
    if isinstance(shown, str) and "..." in shown:
        return all(part in heard for part in shown.split("..."))
    return bool(heard == shown)


def test_the_page_names_every_resource_and_parameter() -> None:
    for route in ROUTES:
        assert f"`{route.path}`" in PAGE
        for name in route.query.__struct_fields__:
            assert f"`{name}`" in PAGE, (route.path, name)


def test_every_setting_says_what_it_is() -> None:
    undocumented = [name for name, field in Settings.model_fields.items() if not field.description]
    assert undocumented == []
