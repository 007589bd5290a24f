"""Stories over REST and on the stream."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from shared.events import Story, StoryArticle, StoryLink
from tests.databases import on_mariadb
from tests.gateway import market
from tests.gateway.news import HOUR, START, store_stories, story
from tests.gateway.running_gateway import RunningGateway, read_directory, running_gateway
from tests.gateway.test_rest import read
from tests.gateway.test_stream import open_stream, receive, receive_messages

KOREAN = "삼성전자, 3분기 영업이익 9조원"


def sample() -> list[Story]:
    hynix = StoryArticle(
        id="f" * 32, feed="k", publisher="Hankyung", url="https://k.example/1", title="100%_sure: HBM4", language="ko", seen=START
    )
    return [
        *(story(n) for n in range(2, 8)),
        story(
            8,
            title=KOREAN,
            language="ko",
            category=StoryLink(name="economy", reason="rule"),
            instruments=(StoryLink(name="005930.KS", reason="name"), StoryLink(name="NVDA", reason="name")),
            industries=(StoryLink(name="semiconductors", reason="instrument"),),
            articles=(*story(8).articles, hynix),
            importance=0.9,
        ),
    ]


async def ids(client: aiohttp.ClientSession, query: str) -> list[str]:
    return [each["id"] for each in (await read(client, f"/v1/news{query}"))["results"]]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?limit=3", [8, 7, 6]),
        ("?symbol=NVDA", [8]),
        ("?symbol=AAPL&importance=0.6", [7, 6]),
        ("?industry=semiconductors", [8]),
        ("?category=economy", [8]),
        ("?language=ko", [8]),
        ("?source=Hankyung", [8]),
        ("?source=Newswire&limit=2", [8, 7]),
        ("?symbol=NVDA&industry=semiconductors&source=Hankyung", [8]),
        ("?symbol=AAPL&source=Hankyung", []),
        (f"?q={quote('영업이익 삼성')}", [8]),
        ("?q=STORY+number+5", [5]),
        ("?q=hbm4", [8]),
        ("?q=100%25_sure", [8]),
        ("?q=1__%25", []),
        ("?start=2023-11-15T04:00:00Z&end=2023-11-15T05:30:00Z", [7, 6]),
    ],
)
async def test_stories_are_found(server: RunningGateway, client: aiohttp.ClientSession, query: str, numbers: list[int]) -> None:
    await store_stories(server.database, sample())
    assert await ids(client, query) == [f"story-{n}" for n in numbers]


@on_mariadb
async def test_searches_find_the_same_on_a_server(tmp_path: Path, database_url: str) -> None:
    async with running_gateway(tmp_path, url=database_url) as server, aiohttp.ClientSession(server.url) as client:
        await market.store(server.database)
        await read_directory(server)
        await store_stories(server.database, sample())
        for query, found in ((f"?q={quote('영업이익')}", [8]), ("?q=100%25_sure", [8]), ("?q=1__%25", []), ("?symbol=NVDA", [8])):
            assert await ids(client, query) == [f"story-{n}" for n in found]


async def test_pages_hold_every_story_once(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    same = [story(n, first_seen=START) for n in range(10, 15)]  # seen in one moment
    await store_stories(server.database, [*sample(), *same])
    found: list[str] = []
    token = ""
    while True:
        page = await read(client, f"/v1/news?limit=3{token}")
        found += [each["id"] for each in page["results"]]
        if page["next_page_token"] is None:
            break
        token = f"&page_token={page['next_page_token']}"
    assert len(found) == len(set(found)) == len(sample()) + len(same) + 1
    await read(client, "/v1/news?page_token=eHh4", 422)


async def test_one_story_has_its_articles_and_reactions(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    await store_stories(server.database, sample())
    (found,) = (await read(client, "/v1/news/story-8"))["results"]
    assert found["publishers"] == ["Newswire", "Hankyung"]
    assert [each["url"] for each in found["articles"]] == ["https://news.example/8", "https://k.example/1"]
    assert found["articles"][0]["published"] is None
    assert found["symbols"] == ["005930.KS", "NVDA"]
    assert found["reactions"][0] == {
        "symbol": "AAPL", "price": 190.0, "hour": 0.01, "hour_industry": None, "day": None, "day_industry": None
    }  # fmt: skip
    problem = await read(client, "/v1/news/nothing", 404)
    assert problem["errors"][0]["field"] == "id" if "errors" in problem else problem["field"] == "id"


@pytest.mark.parametrize(
    ("query", "field", "status"),
    [
        ("?category=sports", "category", 400),
        ("?importance=2", "importance", 400),
        ("?language=de", "language", 400),
        ("?q=", "q", 400),
        ("?q=" + "+".join("abcdefghi"), "q", 422),
        ("?source=" + "x" * 65, "source", 400),
        ("?limit=0", "limit", 400),
        ("?start=yesterday", "start", 400),
    ],
)
async def test_a_wrong_parameter_is_named(client: aiohttp.ClientSession, query: str, field: str, status: int) -> None:
    assert field in str((await read(client, f"/v1/news{query}", status))["detail"])


async def test_the_stream_sends_a_story_once_to_each_and_each_revision(
    server: RunningGateway, client: aiohttp.ClientSession
) -> None:
    found = sample()[-1]
    async with (
        open_stream(client, news=["NVDA", "005930.KS", "industry:semiconductors", "*"]) as all_of_it,
        open_stream(client, news=["JPM", "AAPL"]) as another,
    ):
        server.feed.handle_event(found)
        server.feed.handle_event(found)  # the topic may repeat one
        server.feed.handle_event(story(8, revision=2, instruments=found.instruments))
        server.feed.handle_event(story(9))
        sent = await receive_messages(all_of_it, 3)
        assert [(each["T"], each["id"], each["revision"]) for each in sent] == [
            ("n", "story-8", 1), ("n", "story-8", 2), ("n", "story-9", 1)
        ]  # fmt: skip
        (only,) = await receive(another)
        assert (only["id"], only["symbols"], only["title"]) == ("story-9", ["AAPL"], "Story number 9")
        assert only["date"] == rfc(START + 9 * HOUR)


def rfc(ms: int) -> Any:
    from services.gateway.domain.times import rfc3339

    return rfc3339(ms)
