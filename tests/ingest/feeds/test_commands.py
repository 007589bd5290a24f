"""The file of feeds, and the commands that show and try them."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from services.ingest.adapters.feeds.feed_lines import read_feeds
from services.ingest.adapters.instruments import read_universe
from services.ingest.domain.feeds.feed import FeedError
from services.ingest.domain.feeds.feed_file import feeds_of, parse_lines
from services.ingest.news import user_agent
from services.ingest.settings import IngestSettings
from tests.ingest.feeds.server import Reply, item, open_publishers, rss
from tests.preloading.process import Process

LINE = {
    "feed": "a",
    "publisher": "A",
    "url": "https://a.example/feed",
    "language": "en",
    "minutes": 10,
    "licence": "public domain",
    "shown": "headline",
}
UNIVERSE = read_universe(IngestSettings().universe)


def test_the_bundled_file_names_every_feed_with_its_licence() -> None:
    lines, feeds = read_feeds(IngestSettings().news_feeds, UNIVERSE)
    publishers = {each.publisher for each in lines}
    assert publishers == {
        "Yahoo Finance", "Investing.com", "CNBC", "MarketWatch", "Nasdaq", "SEC EDGAR", "Federal Reserve", "Hankyung", "Yonhap",
    }  # fmt: skip
    assert {each.language for each in lines} == {"en", "ko"}
    assert len({each.id for each in feeds}) == len({each.url for each in feeds}) == len(feeds)
    yahoo = {each.symbols[0]: each.url for each in feeds if each.line == "yahoo-headlines"}
    assert set(yahoo) == {each.symbol for each in UNIVERSE.instruments}
    assert "s=%5EGSPC&" in yahoo["^GSPC"]
    assert {each.line for each in feeds if each.contact} == {"sec-8k"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"minutes": 0.1}, "feeds line 2: minutes 0.1 is not from 1 to 1440"),
        ({"minutes": "often"}, "feeds line 2: minutes 'often': Expected `float`, got `str`"),
        ({"url": "file:///etc/passwd"}, "feeds line 2: url 'file:///etc/passwd' is no http or https URL"),
        ({"url": "https://me:pw@a.example"}, "feeds line 2: url 'https://me:pw@a.example' is no http or https URL"),
        ({"feed": "A B"}, "feeds line 2: feed 'A B' may have lower-case letters"),
        ({"feed": "twice"}, "feeds line 2: feed 'twice' is there twice"),
        ({"language": "de"}, "feeds line 2: language 'de': Invalid enum value 'de'"),
        ({"zone": "Seoul"}, "feeds line 2: zone 'Seoul' is no time zone"),
        ({"kinds": ["stock"]}, "feeds line 2: kinds ['stock'] needs {symbol} in url"),
        ({"url": "https://a.example/{symbol}", "exchanges": ["MOON"]}, "feeds line 2: exchanges 'MOON' is none of NYSE"),
        ({"licence": ""}, "feeds line 2: licence '' must have 1 to 300 characters"),
        ({"colour": "red"}, "feeds line 2: colour 'red': there is no such field; there are feed, "),
    ],
)
def test_a_wrong_line_names_line_field_and_value(change: dict[str, object], words: str) -> None:
    with pytest.raises(FeedError) as error:
        parse_lines([json.dumps(LINE | {"feed": "twice"}), json.dumps(LINE | change)])
    assert str(error.value).startswith(words)


def test_a_feed_of_instruments_is_one_for_each_that_is_chosen() -> None:
    line = LINE | {"url": "https://a.example/{symbol}", "kinds": ["fx", "crypto"], "exchanges": ["FX"]}
    found = feeds_of(parse_lines([json.dumps(line)]), UNIVERSE)
    assert [each.id for each in found] == [f"a:{each.symbol}" for each in UNIVERSE.instruments if each.exchange == "FX"]
    assert found[0].url == "https://a.example/" + found[0].symbols[0].replace("=", "%3D")


def test_the_user_agent_has_the_contact() -> None:
    assert user_agent(IngestSettings(news_contact="news@a.example")) == "Finstage/1.0 (news@a.example)"
    with pytest.raises(ValueError, match="news_contact"):
        IngestSettings(news_contact="two lines\r\nX-Header: 1")


def run(log: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """Run ``python -m services.ingest feeds ...``; its exit code, and what it wrote."""
    log.unlink(missing_ok=True)
    child = Process(("services.ingest", "feeds", *arguments), {**os.environ, "NEWS_GAP_SECONDS": "0", **settings}, log)
    return child.wait(60), log.read_text("utf-8")


async def test_check_shows_what_would_be_published_and_list_what_there_is(tmp_path: Path) -> None:
    items = item("삼성전자 상승", "https://a.example/1", "Tue, 14 Nov 2023 22:13:20 GMT") + item("No link", "")
    async with open_publishers() as publishers:
        good = publishers.serve("/good", Reply(rss(items)))
        lines = [LINE | {"feed": "good", "url": good}, LINE | {"feed": "bad", "url": publishers.url("/bad")}]
        lines.append(LINE | {"feed": "shy", "url": publishers.url("/shy"), "contact": True})
        file, log = tmp_path / "feeds.jsonl", tmp_path / "log"
        file.write_text("\n".join(map(json.dumps, lines)))
        allowed = {"NEWS_FEEDS": str(file), "NEWS_ALLOW_PRIVATE": "true"}
        code, out = await asyncio.to_thread(run, log, "check", **allowed)
        assert code == 1
        for words in (
            "2023-11-14 22:13 UTC  삼성전자 상승",
            "https://a.example/1",
            "rejected, no_link: No link",
            "failed: not_found",
        ):
            assert words in out
        code, out = await asyncio.to_thread(run, log, "check", good, NEWS_FEEDS=str(file))
        assert (code, "failed: forbidden_address" in out) == (1, True)
        code, out = await asyncio.to_thread(run, log, "list", **allowed)
        assert (code, "shy: A, en, every 10 min; off: set NEWS_CONTACT" in out) == (0, True)
        code, out = await asyncio.to_thread(run, log, "check", "nonsense", **allowed)
        assert (code, out) == (2, "error: feed 'nonsense' is no http or https URL and none of bad, good, shy\n")
