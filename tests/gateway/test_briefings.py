"""/v1/briefings: those for everyone, never what some chats watch."""

from __future__ import annotations

import aiohttp
import pytest
from sqlalchemy import delete, insert

from services.gateway.handlers.openapi import document
from shared import tables
from tests.gateway.briefings import briefing_row
from tests.gateway.running_gateway import RunningGateway
from tests.gateway.test_rest import read

PICTURE = b"\x89PNG picture"


@pytest.fixture
async def stored(server: RunningGateway) -> None:
    rows = [
        briefing_row("us-1", picture=PICTURE),
        briefing_row("us-2", day=20240702),
        briefing_row("us-2-ko", day=20240702, language="ko"),
        briefing_row("us-week", kind="weekly", day=20240705),
        briefing_row("kr-2", market="korea", day=20240702, replayed=True),
        briefing_row("mine", audience="f" * 32, picture=PICTURE),
    ]
    async with server.database.begin() as connection:
        await connection.execute(delete(tables.briefings))
        await connection.execute(insert(tables.briefings), rows)


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["us-week", "us-2-ko", "us-2", "kr-2", "us-1"]),
        ("?market=us&kind=daily&language=en", ["us-2", "us-1"]),
        ("?market=korea", ["kr-2"]),
        ("?date=2024-07-01", ["us-1"]),
        ("?market=nowhere", []),
    ],
)
async def test_briefings_are_found(client: aiohttp.ClientSession, query: str, found: list[str]) -> None:
    assert [each["id"] for each in (await read(client, f"/v1/briefings{query}"))["results"]] == found


@pytest.mark.usefixtures("stored")
async def test_one_briefing_and_its_picture(client: aiohttp.ClientSession) -> None:
    one = (await read(client, "/v1/briefings/us-1"))["results"][0]
    assert (one["date"], one["until"], one["picture"]) == ("2024-07-01", "2024-07-01T20:00:00Z", "/v1/briefings/us-1/picture")
    assert one["outcomes"]["newest"][0] | {"move": 0.02, "date": "2024-07-01T20:00:00Z"} == one["outcomes"]["newest"][0]
    assert one["holidays"] == [{"exchanges": ["NYSE"], "date": "2024-07-04"}]
    assert "watched" not in one
    async with client.get(one["picture"]) as response:
        assert (response.status, response.content_type, await response.read()) == (200, "image/png", PICTURE)
    replayed = await read(client, "/v1/briefings?market=korea")
    assert "replayed" in replayed["warnings"][0]
    assert document("0")["paths"]["/v1/briefings/{id}/picture"]["get"]["responses"]["200"]["content"] == {"image/png": {}}


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("path", ["mine", "mine/picture", "us-2/picture", "nothing"])
async def test_what_some_chats_watch_is_not_shown(client: aiohttp.ClientSession, path: str) -> None:
    async with client.get(f"/v1/briefings/{path}") as response:
        assert response.status == 404
        assert (await response.json(content_type=None))["field"] == "id"


@pytest.mark.usefixtures("stored")
async def test_pages_follow_each_other(client: aiohttp.ClientSession) -> None:
    first = await read(client, "/v1/briefings?limit=3")
    second = await read(client, f"/v1/briefings?limit=3&page_token={first['next_page_token']}")
    assert [each["id"] for each in second["results"]] == ["kr-2", "us-1"]
    assert second["next_page_token"] is None
