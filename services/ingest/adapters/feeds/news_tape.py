"""Reads a tape of sample articles: ``tapes/news/NAME.json`` and the documents of its feeds in ``tapes/news/NAME``."""

from __future__ import annotations

from pathlib import Path

import msgspec

from services.ingest.adapters.feeds.worker import parse
from services.ingest.domain.feeds.articles import Rejected, article_of
from services.ingest.domain.feeds.entries import NotFeed, ParseRequest
from services.ingest.domain.feeds.feed import Feed
from services.ingest.domain.feeds.news_tape import NewsTape, NewsTapeError, NewsTapeHeader, TapeFeed
from shared.events import Article

FOLDER = "news"


def read_news_tape(tapes: Path, name: str) -> NewsTape:
    """The feeds of a tape and their articles; none if the tape of prices has no articles.

    Raises:
        NewsTapeError: a file is missing or damaged, an entry gives no article, or the times do not fit the document.
    """
    path = tapes / FOLDER / f"{name}.json"
    if not path.exists():
        return NewsTape()
    try:
        header = msgspec.json.decode(path.read_bytes(), type=NewsTapeHeader)
        feeds = tuple(_feed(each) for each in header.feeds)
        documents = [path.with_suffix("") / each.file for each in header.feeds]
        read = [_articles(*each, name) for each in zip(documents, header.feeds, feeds, strict=True)]
    except (OSError, msgspec.DecodeError) as error:
        raise NewsTapeError(f"articles of tape {name!r}: {error}") from error
    articles = sorted((each for found in read for each in found), key=lambda each: (each.ts_init, each.feed))
    return NewsTape(feeds, tuple(articles))


def _feed(feed: TapeFeed) -> Feed:
    url = f"https://{feed.feed}.example/"
    return Feed(feed.feed, feed.feed, feed.publisher, url, feed.language, 0.0, feed.symbols, replayed=True)


def _articles(path: Path, feed: TapeFeed, played: Feed, name: str) -> list[Article]:
    parsed = parse(ParseRequest(path.read_bytes(), played.url, "", feed.language))
    where = f"articles of tape {name!r}: {path.name}"
    if isinstance(parsed, NotFeed):
        raise NewsTapeError(f"{where} is no feed: {parsed.reason} {parsed.detail}")
    if len(parsed.entries) != len(feed.received):
        raise NewsTapeError(f"{where} has {len(parsed.entries)} entries, and {len(feed.received)} times of receipt")
    found = []
    for entry, received in zip(parsed.entries, feed.received, strict=True):
        article = article_of(entry, played, round(received.timestamp() * 1000), name, replayed=True)
        if isinstance(article, Rejected):
            raise NewsTapeError(f"{where}: entry {entry.title!r} gives no article: {article.reason} {article.link!r}")
        found.append(article)
    return found
