"""/v1/feeds: the health of the news feeds as ingest stored it."""

from __future__ import annotations

from typing import Any

import aiohttp
from sqlalchemy import insert

from shared import tables
from tests.gateway.market import feed_row
from tests.gateway.running_gateway import RunningGateway

DAY = 86_400_000


async def test_each_feed_has_its_state_and_its_articles_of_a_day(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    now = server.gateway.clock()
    rows = [
        feed_row("a", next_try=now + 1000, last_success=1_764_000_000_000),
        feed_row("b", state="failing", reason="timeout", detail="no complete response", failures=3, next_try=now + 1000),
        feed_row("c", state="disabled", reason="no_contact"),
        feed_row("late", next_try=now - 700_000),
        feed_row("sample", interval_seconds=0, replayed=True, last_article=now - DAY),
    ]
    seen = {"content": "0" * 32, "seen_at": now}
    articles = [
        {"article": f"{i:032x}", "feed": feed, "first_at": now - age, **seen}
        for i, (feed, age) in enumerate([("a", 0), ("a", DAY - 60_000), ("a", DAY + 60_000), ("b", 0)])
    ]
    async with server.database.begin() as connection:
        await connection.execute(insert(tables.feeds), rows)
        await connection.execute(insert(tables.feed_articles), articles)
    async with client.get("/v1/feeds") as response:
        found: dict[str, dict[str, Any]] = {each["feed"]: each for each in (await response.json())["results"]}
    assert list(found) == ["a", "b", "c", "fed-press", "late", "sample"]
    assert {name: (each["state"], each["articles_day"]) for name, each in found.items() if name != "fed-press"} == {
        "a": ("ok", 2),
        "b": ("failing", 1),
        "c": ("disabled", 0),
        "late": ("unknown", 0),
        "sample": ("ok", 0),
    }
    assert (found["b"]["reason"], found["b"]["detail"], found["b"]["failures"]) == ("timeout", "no complete response", 3)
    assert [name for name, each in found.items() if each["replayed"]] == ["sample"]
    assert (found["a"]["last_success"], found["c"]["next_try"]) == ("2025-11-24T16:00:00Z", None)
