"""The bundled articles: they say that they are samples, fit the tape of prices, and have what real feeds have."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from services.ingest.adapters.feeds.news_tape import read_news_tape
from services.ingest.domain.feeds.news_tape import NewsTapeError
from services.ingest.settings import IngestSettings

TAPES = IngestSettings().tapes


def test_every_article_says_that_it_is_a_sample_and_lies_within_the_tape() -> None:
    articles = read_news_tape(TAPES, "demo").articles
    header = json.loads((TAPES / "demo.json").read_bytes())
    assert 60 <= len(articles) <= 120
    for article in articles:
        assert article.publisher.startswith("SAMPLE ")
        assert article.url.split("/")[2].endswith(".example")  # RFC 2606: no host of that name can exist
        assert header["start"] <= article.ts_event <= article.ts_init <= header["end"]
        assert (article.source, article.replayed) == ("demo", True)
    assert [each.ts_init for each in articles] == sorted(each.ts_init for each in articles)


def test_articles_have_the_properties_of_real_feeds() -> None:
    articles = read_news_tape(TAPES, "demo").articles
    assert {each.language for each in articles} == {"en", "ko"}
    assert {each.symbols for each in articles} == {(), ("IBM",)}
    contents = Counter(each.id for each in articles)
    assert contents[next(each.id for each in articles if each.title.startswith("UPDATE 2"))] == 3
    for article in articles:
        assert unicodedata.is_normalized("NFC", article.title + article.excerpt)
        assert "<" not in article.title + article.excerpt
        assert "utm_" not in article.url
    assert len({each.event_id for each in articles}) == len(articles)


def test_a_tape_without_articles_has_none(tmp_path: Path) -> None:
    assert read_news_tape(tmp_path, "crypto").articles == ()


def test_a_damaged_document_is_named(tmp_path: Path) -> None:
    shutil.copytree(TAPES / "news", tmp_path / "news")
    (tmp_path / "news" / "demo" / "sample-wire.xml").write_text("feed not found")
    with pytest.raises(NewsTapeError, match=r"sample-wire.xml is no feed: not_a_feed feed not found"):
        read_news_tape(tmp_path, "demo")
