"""Everything hostile or wrong that a publisher can send: a typed outcome, a metric, and no effect on another feed."""

from __future__ import annotations

import codecs
import gzip
import shutil
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.abc import AbstractResolver, ResolveResult

from services.ingest.adapters.feeds.fetcher import FetchLimits, open_fetcher
from services.ingest.domain.feeds.feed import Language
from services.ingest.domain.feeds.outcomes import Failure
from tests.ingest.feeds.reading import Rig, count, feed, open_rig
from tests.ingest.feeds.server import Publishers, Reply, item, open_publishers, rss

MODULE = pytest.mark.asyncio(loop_scope="module")
TODAY = "Tue, 14 Nov 2023 22:13:20 GMT"
MIB = 1024 * 1024
GOOD = rss(item("Good news", "https://good.example/1", TODAY))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def publishers() -> AsyncIterator[Publishers]:
    async with open_publishers() as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def rig(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    file = shutil.copy(_migrated_file, tmp_path_factory.mktemp("feeds") / "feeds.db")
    async with open_rig(f"sqlite+aiosqlite:///{file}", FetchLimits(seconds=5)) as found:
        await found.read()  # no feed
        yield found


def bomb() -> bytes:
    """4 KiB of gzip that become 4 MiB."""
    return gzip.compress(b"<" * (4 * MIB))


ENTITIES = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "ha" * 10}">' for i in range(9))

FAILURES = {
    "html page": (Reply(b"<!DOCTYPE html><html><head><title>Sorry</title></head><body>Sorry</body></html>"), "html_page"),
    "html page without doctype": (Reply(b"<html><body><p>Access denied</p></body></html>"), "html_page"),
    "sitemap": (Reply(b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>'), "sitemap"),
    "empty": (Reply(b""), "empty"),
    "spaces": (Reply(b" \n "), "empty"),
    "feed not found": (Reply(b"Feed not found"), "not_a_feed"),
    "json feed": (Reply(b'{"version": "https://jsonfeed.org/version/1.1", "items": []}'), "json_feed"),
    "name of a file": (Reply(b"/etc/passwd"), "not_a_feed"),
    "5 MiB": (Reply(b" " * (5 * MIB)), "too_large"),
    "endless": (Reply(failure="endless"), "too_large"),
    "gzip bomb": (Reply(bomb(), headers={"Content-Encoding": "gzip"}), "too_large"),
    "deflate bomb": (Reply(zlib.compress(b"<" * (4 * MIB)), headers={"Content-Encoding": "deflate"}), "too_large"),
    "brotli": (Reply(b"\x0b\x02\x80", headers={"Content-Encoding": "br"}), "encoding"),
    "not gzip": (Reply(GOOD, headers={"Content-Encoding": "gzip"}), "encoding"),
    "half of a gzip": (Reply(gzip.compress(GOOD)[:60], headers={"Content-Encoding": "gzip"}), "cut_off"),
    "fewer bytes than announced": (Reply(GOOD, failure="cut"), "cut_off"),
    "not found": (Reply(status=404), "not_found"),
    "gone": (Reply(status=410), "gone"),
    "forbidden": (Reply(status=403), "unauthorized"),
    "teapot": (Reply(status=418), "refused"),
    "redirect to a private address": (Reply(status=302, headers={"Location": "http://127.0.0.2/"}), "forbidden_address"),
    "redirect to the metadata service": (
        Reply(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}),
        "forbidden_address",
    ),
    "redirect to a mapped address": (Reply(status=302, headers={"Location": "http://[::ffff:10.0.0.1]/"}), "forbidden_address"),
    "redirect to a number": (Reply(status=302, headers={"Location": "http://167772161/"}), "bad_redirect"),  # 10.0.0.1
    "redirect to a file": (Reply(status=302, headers={"Location": "file:///etc/passwd"}), "bad_redirect"),
    "redirect to nowhere": (Reply(status=302), "bad_redirect"),
    "redirect loop": (Reply(status=302, headers={"Location": "/hostile"}), "too_many_redirects"),
    "slow regular expression": (Reply(rss(item(more=f"<author>a@{'a.' * 20_000}!</author>"))), "parse_timeout"),
}


@MODULE
@pytest.mark.parametrize("case", FAILURES)
async def test_a_document_that_is_no_feed_has_a_reason(case: str, publishers: Publishers, rig: Rig) -> None:
    reply, reason = FAILURES[case]
    hostile, good = feed(publishers.serve("/hostile", reply)), feed(publishers.serve("/good", Reply(GOOD)), "good")
    before = count("reads_total", feed="hostile", outcome=reason)
    bad, fine = await rig.read(hostile, good)
    assert (bad.state, bad.reason, bad.failures > 0) == ("failing", reason, True), bad
    assert (fine.state, fine.reason) == ("ok", "")
    assert count("reads_total", feed="hostile", outcome=reason) == before + 1
    assert {each.title for each in rig.collected.take()} <= {"Good news"}


@MODULE
async def test_a_slow_drip_and_a_closed_connection_have_no_effect_on_another_feed(publishers: Publishers, sqlite_url: str) -> None:
    hostile = [
        feed(publishers.serve("/drip", Reply(failure="drip")), "drip"),
        feed(publishers.serve("/reset", Reply(failure="reset")), "reset"),
        feed("http://127.0.0.1:1/", "nobody"),
    ]
    async with open_rig(sqlite_url, FetchLimits(seconds=1)) as rig:
        *bad, fine = await rig.read(*hostile, feed(publishers.serve("/good", Reply(GOOD)), "good"))
        assert [each.reason for each in bad] == ["timeout", "unreachable", "unreachable"]
        assert [count("reads_total", feed=each.feed, outcome=each.reason) for each in bad] == [1, 1, 1]
        assert fine.state == "ok"
        assert [each.title for each in rig.collected.take()] == ["Good news"]


class Answers(AbstractResolver):
    """A DNS that gives other addresses each time."""

    def __init__(self, port: int, *answers: tuple[str, ...]) -> None:
        self.port = port
        self.answers = list(answers)

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:  # noqa: ARG002
        return [
            ResolveResult(hostname=host, host=address, port=port, family=2, proto=0, flags=0) for address in self.answers.pop(0)
        ]

    async def close(self) -> None:
        pass


@MODULE
async def test_a_name_that_changes_its_address_reaches_checked_addresses_only(publishers: Publishers, sqlite_url: str) -> None:
    publishers.serve("/good", Reply(GOOD))
    url = publishers.url("/good", "feeds.test")  # no real DNS knows it: the connection goes to the answer that was checked
    resolver = Answers(publishers.port, ("127.0.0.1",), ("127.0.0.2",), ("127.0.0.1", "10.0.0.1"))
    good = feed(publishers.serve("/still", Reply(GOOD.replace(b"/1<", b"/2<"))), "still")  # its host is an address
    async with open_rig(sqlite_url, resolver=resolver) as rig:
        states = [(await rig.read(feed(url, "moving"), good))[0] for _ in range(3)]
        assert [each.reason for each in states] == ["", "forbidden_address", "forbidden_address"]
        assert count("reads_total", feed="moving", outcome="forbidden_address") == 2
        assert count("reads_total", feed="still", outcome="ok") == 3
        assert [each.feed for each in rig.collected.take()] == ["moving", "still"]
    assert resolver.answers == []


@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]", "10.1.2.3", "100.64.0.1", "169.254.169.254", "[fd00::1]", "224.0.0.1"])
async def test_no_private_address_is_reached_by_default(address: str) -> None:
    async with open_fetcher("test") as fetcher:
        outcome = await fetcher.fetch(f"http://{address}:1/")
    assert isinstance(outcome, Failure)
    assert outcome.reason == "forbidden_address"


KOREAN = "삼성전자 3분기 영업이익 9조원"
ENTRIES: dict[str, tuple[bytes, Language, str]] = {
    "script in the title": (rss(item("Apple&lt;script&gt;alert(1)&lt;/script&gt; rises")), "en", "Apple rises"),
    "script in CDATA": (rss(item("<![CDATA[Apple<script>alert(1)</script> <b>rises</b>]]>")), "en", "Apple rises"),
    "escaped twice": (rss(item("Apple &amp;lt;i&amp;gt;rises&amp;lt;/i&amp;gt; &amp;amp; falls")), "en", "Apple rises & falls"),
    "bidi and zero width": (rss(item("Ap\u200bple\u202e rises\u2066\ufeff")), "en", "Apple rises"),
    "control characters": (rss(item("Apple\x0brises")), "en", "Apple rises"),
    "decomposed Korean": (rss(item("\u1109\u1161\u11b7\u1109\u1165\u11bc")), "ko", "삼성"),
    "read as Latin-1 by the publisher": (rss(item(KOREAN.encode().decode("latin-1"))), "ko", KOREAN),
    "CP949 declared as UTF-8": (rss(item(KOREAN)).decode().encode("cp949"), "ko", KOREAN),
    "CP949 declared as EUC-KR": (
        rss(item("똠방각하 상장")).decode().replace("UTF-8", "EUC-KR").encode("cp949"),
        "ko",
        "똠방각하 상장",
    ),
    "UTF-8 declared as EUC-KR": (rss(item(KOREAN)).decode().replace("UTF-8", "EUC-KR").encode(), "ko", KOREAN),
    "UTF-8 declared as Latin-1": (rss(item("Café rises")).decode().replace("UTF-8", "ISO-8859-1").encode(), "en", "Café rises"),
    "Latin-1": (rss(item("Café rises")).decode().replace("UTF-8", "ISO-8859-1").encode("latin-1"), "en", "Café rises"),
    "an unknown charset": (rss(item("Café rises")).decode().replace("UTF-8", "KLINGON").encode(), "en", "Café rises"),
    "a charset with NUL": (rss(item("Café rises")).decode().replace("UTF-8", "UTF\0-8").encode("latin-1"), "en", "Café rises"),
    "BOM": (codecs.BOM_UTF8 + rss(item(KOREAN)), "ko", KOREAN),
    "UTF-16": (rss(item(KOREAN)).decode().replace("UTF-8", "UTF-16").encode("utf-16"), "ko", KOREAN),
    "external entity": (
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        + rss(item("Root &x;")).partition(b"?>")[2],
        "en",
        "Root",
    ),
    "a bracket of a headline": (rss(item("&lt;속보&gt; 삼성전자 상승")), "ko", "<속보> 삼성전자 상승"),
}


@MODULE
@pytest.mark.parametrize("case", ENTRIES)
async def test_the_title_is_plain_text(case: str, publishers: Publishers, rig: Rig) -> None:
    body, language, title = ENTRIES[case]
    one = feed(publishers.serve("/title", Reply(body)), "title", language)
    (state,) = await rig.read(replace(one, publisher=case))  # articles of another publisher are not known yet
    (article,) = rig.collected.take()
    assert article.title == title
    assert len(article.title) <= 300
    assert "root:" not in article.title
    assert state.state == "ok"


@MODULE
async def test_a_bomb_of_entities_ends_at_a_limit(publishers: Publishers, rig: Rig) -> None:
    """Of the XML parser, which expands them up to 8 MiB, or on a slow machine of time."""
    body = b'<?xml version="1.0"?><!DOCTYPE rss [' + ENTITIES.encode() + b"]>" + rss(item("Ha &e8;")).partition(b"?>")[2]
    bomb_, good = feed(publishers.serve("/laughs", Reply(body)), "laughs"), feed(publishers.serve("/good", Reply(GOOD)), "good")
    before = sum(count("reads_total", feed="laughs", outcome=each) for each in ("ok", "parse_timeout"))
    state, fine = await rig.read(bomb_, good)
    assert sum(count("reads_total", feed="laughs", outcome=each) for each in ("ok", "parse_timeout")) == before + 1
    titles = {each.title for each in rig.collected.take() if each.feed == "laughs"}
    assert (state.reason, titles) in [("", {"Ha &e8;"}), ("parse_timeout", set())]
    assert fine.state == "ok"


@MODULE
async def test_a_long_entity_that_is_named_often_is_cut(publishers: Publishers, rig: Rig) -> None:
    """100 KB, named 5,000 times: a document of 130 KB that would be 500 MB."""
    entity = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY long "' + b"x" * 100_000 + b'">]>'
    body = entity + rss(item("Long " + "&long;" * 5_000)).partition(b"?>")[2]
    long, good = feed(publishers.serve("/long", Reply(body)), "long"), feed(publishers.serve("/good", Reply(GOOD)), "good")
    state, fine = await rig.read(long, good)
    assert count("reads_total", feed="long", outcome=state.reason or "ok") == 1
    assert all(len(each.title) <= 300 for each in rig.collected.take())
    assert fine.state == "ok"


@MODULE
@pytest.mark.parametrize(
    ("date", "flaw"),
    [
        ("2023-11-14 22:13:20", "date_naive"),
        ("", "date_missing"),
        ("Thu, 01 Jan 2099 00:00:00 GMT", "date_future"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "date_past"),
        ("yesterday", "date_unreadable"),
        ("Mon, 32 Foo 2023 99:99:99 +9999", "date_unreadable"),
    ],
)
async def test_an_unusable_date_is_unknown(date: str, flaw: str, publishers: Publishers, rig: Rig) -> None:
    before = count("dates_total", feed="dates", reason=flaw)
    await rig.read(
        feed(publishers.serve("/dates", Reply(rss(item(link=f"https://a.example/{len(date)}/{flaw}", date=date)))), "dates")
    )
    (article,) = rig.collected.take()
    assert article.published is None
    assert article.ts_event == article.ts_init > 1_700_000_000_000
    assert count("dates_total", feed="dates", reason=flaw) == before + 1


LINK = "https://a.example/rejected"
REJECTED = {
    "missing link": (item(link=""), "no_link", 0),
    "script as link": (item(link="javascript:alert(1)"), "bad_link", 0),
    "data as link": (item(link="data:text/html,x"), "bad_link", 0),
    "password in the link": (item(link="https://me:secret@a.example/"), "bad_link", 0),
    "no title": (item("", LINK + "1"), "no_title", 0),
    "title of markup alone": (item("&lt;img src=x onerror=alert(1)&gt;", LINK + "2"), "no_title", 0),
    "unreadable title": (item("\ufffd\ufffd\ufffd\ufffd", LINK + "3"), "mojibake", 0),
    "two entries with one id": (item("One", LINK + "4", TODAY, "<guid>7</guid>") * 2, "repeated", 1),
    "one id with two contents": (
        item("Old", LINK + "5", TODAY, "<guid>8</guid>") + item("New", LINK + "5", TODAY.replace("22:", "23:"), "<guid>8</guid>"),
        "older_version",
        1,
    ),
    "300 entries": ("".join(item(f"Title {i}", f"{LINK}/{i}") for i in range(300)), "left_out", 200),
}


@MODULE
@pytest.mark.parametrize("case", REJECTED)
async def test_an_entry_that_is_not_published_has_a_reason(case: str, publishers: Publishers, rig: Rig) -> None:
    items, reason, published = REJECTED[case]
    before = count("entries_total", feed="rejected", outcome=reason)
    (state,) = await rig.read(feed(publishers.serve("/rejected", Reply(rss(items))), "rejected"))
    assert state.state == "ok"
    assert count("entries_total", feed="rejected", outcome=reason) == before + 1
    articles = rig.collected.take()
    assert len(articles) == published
    if case == "one id with two contents":
        assert articles[0].title == "New"


@MODULE
async def test_a_relative_link_is_resolved_against_the_address_after_redirects(publishers: Publishers, rig: Rig) -> None:
    publishers.serve(
        "/new/feed.xml", Reply(rss(item(link="../story?id=1&utm_source=rss")).replace(b"<link>https://a.example/</link>", b""))
    )
    moved = publishers.serve("/old", Reply(status=301, headers={"Location": "/new/feed.xml"}))
    await rig.read(feed(moved, "relative"))
    assert [each.url for each in rig.collected.take()] == [publishers.url("/story?id=1")]


def test_the_bomb_is_one() -> None:
    assert len(bomb()) < 5_000
    assert Path("/etc/passwd").exists()
