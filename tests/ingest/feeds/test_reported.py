"""Documents of public reports about feedparser and other readers of feeds: each gives its entry, or a reason."""

from __future__ import annotations

import pytest

from services.ingest.adapters.feeds.worker import parse
from services.ingest.domain.feeds.dates import read_date
from services.ingest.domain.feeds.entries import Entry, NotFeed, ParsedFeed, ParseRequest
from tests.ingest.feeds.server import item, rss

NOW = 1_700_000_000_000
MEDIA = '<media:content url="https://a.example/p.jpg"><media:title>Photo</media:title><media:description>Of it</media:description>'


def after_declaration(document: bytes) -> bytes:
    return document.partition(b"?>")[2]


def entry(body: bytes) -> Entry:
    found = parse(ParseRequest(body, "https://a.example/feed"))
    assert isinstance(found, ParsedFeed)
    (only,) = found.entries
    return only


REPORTS: dict[str, tuple[bytes, str]] = {
    "feedparser 378: C in CDATA ended the parser": (
        rss(item(more='<content:encoded xmlns:content="bogus"><![CDATA[ <!h<!h<!h< ]]></content:encoded>')),
        "A title",
    ),
    "feedparser 62: two roots": (
        (
            b'<?xml version="1.0"?><feed/><feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Part 2</title>'
            b'<link rel="alternate" href="https://a.example/2"/></entry></feed>'
        ),
        "Part 2",
    ),
    "feedparser 107: the doctype named a local file, which was opened": (
        b'<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "file:///etc/hosts">' + after_declaration(rss(item())),
        "A title",
    ),
    "feedparser 217: a point without coordinates": (
        rss(item(more='<georss:point xmlns:georss="http://www.georss.org/georss">here</georss:point>')),
        "A title",
    ),
    "feedparser 176: content that is no base64": (
        (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A title</title><link href="https://a.example/3"/>'
            b'<content type="application/octet-stream">abc&amp;=</content></entry></feed>'
        ),
        "A title",
    ),
    "feedparser 275: an empty rating": (rss(item(more="<media:rating></media:rating>")), "A title"),
    "poca 146: the charset in capitals": (rss(item("Café")), "Café"),
}


@pytest.mark.parametrize("report", REPORTS)
def test_a_reported_document_gives_its_entry(report: str) -> None:
    body, title = REPORTS[report]
    found = entry(body)
    assert (found.title, found.link.startswith("https://a.example/")) == (title, True)


@pytest.mark.parametrize(
    "order",
    [
        f"<description>Text</description>{MEDIA}</media:content>",
        f"{MEDIA}</media:content><description>Text</description>",
    ],
)
def test_feedparser_195_the_description_of_a_picture_is_not_that_of_the_entry(order: str) -> None:
    assert entry(rss(item(more=order))).excerpt == "Text"


def test_feedparser_412_the_excerpt_is_the_description_not_the_content() -> None:
    content = '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">long</content:encoded>'
    assert entry(rss(item(more=f"<description>short</description>{content}"))).excerpt == "short"


def test_feedparser_442_an_entry_without_a_link_has_none() -> None:
    assert entry(rss(item(link=""))).link == ""


def test_feedparser_462_the_link_is_the_entry_s_own() -> None:
    links = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="related" href="https://b.example/"/>'
    assert entry(rss(item(more=links))).link == "https://a.example/1"


@pytest.mark.parametrize(
    ("report", "text", "expected"),
    [
        ("feedparser 33: a year of two digits", "Thu, 03 Sep 15 00:01:01 +0200", 1_441_231_261_000),
        ("feedparser 135: a German day without a zone", "Mo, 25 Jun 2018 11:41:36", "date_naive"),
        ("tidings 42: Z as a zone of RFC 822", "Fri, 22 Jul 2016 15:30:07 Z", 1_469_201_407_000),
        ("elfeed 345: slashes, no zone", "2019/11/15 10:00:00", "date_naive"),
    ],
)
def test_a_reported_date(report: str, text: str, expected: int | str) -> None:
    assert read_date(text, "", NOW) == expected, report


def test_feedparser_599_a_backslash_in_an_entity_makes_the_parser_raise() -> None:
    body = b'<!DOCTYPE rss [\n<!ENTITY path "C:\\data">\n]>\n' + after_declaration(rss(item("&path;")))
    found = parse(ParseRequest(body, "https://a.example/feed"))
    assert isinstance(found, NotFeed)
    assert found.reason == "not_a_feed"
    assert "feedparser failed" in found.detail


def test_feedparser_599_a_character_that_cannot_be_costs_no_other_entry() -> None:
    items = item("A &#1114112; B") + item("Caf&#233; &#38; bar", "https://a.example/2")
    found = parse(ParseRequest(rss(items), "https://a.example/feed"))
    assert isinstance(found, ParsedFeed)
    assert [each.title for each in found.entries] == ["A \ufffd B", "Café & bar"]


def test_an_unknown_section_in_a_text_does_not_end_the_parser() -> None:
    assert entry(rss(item(more="<description>&lt;![CDATrom x]]&gt;Text</description>"))).excerpt == "Text"
