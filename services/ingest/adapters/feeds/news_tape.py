"""Reads a tape of sample articles: ``tapes/news/NAME.json`` and the documents of its feeds in ``tapes/news/NAME``."""

from __future__ import annotations

from pathlib import Path

import msgspec

from services.ingest.adapters.feeds.worker import parse
from services.ingest.domain.feeds.articles import Rejected, article_of
from services.ingest.domain.feeds.entries import NotFeed, ParseRequest
from services.ingest.domain.feeds.feed import Feed
from services.ingest.domain.feeds.news_tape import NewsTapeError, NewsTapeHeader, TapeFeed
from shared.events import Article

FOLDER = "news"


def read_news_tape(tapes: Path, name: str) -> tuple[Article, ...]:
    """The articles of a tape in the order in which they are received; none if the tape of prices has no articles.

    Raises:
        NewsTapeError: a file is missing or damaged, an entry gives no article, or the times do not fit the document.
    """
    path = tapes / FOLDER / f"{name}.json"
    if not path.exists():
        return ()
    try:
        header = msgspec.json.decode(path.read_bytes(), type=NewsTapeHeader)
        articles = [each for feed in header.feeds for each in _articles(path.with_suffix("") / feed.file, feed, name)]
    except (OSError, msgspec.DecodeError) as error:
        raise NewsTapeError(f"articles of tape {name!r}: {error}") from error
    return tuple(sorted(articles, key=lambda each: (each.ts_init, each.feed)))


def _articles(path: Path, feed: TapeFeed, name: str) -> list[Article]:
    parsed = parse(ParseRequest(path.read_bytes(), f"https://{feed.feed}.example/", "", feed.language))
    where = f"articles of tape {name!r}: {path.name}"
    if isinstance(parsed, NotFeed):
        raise NewsTapeError(f"{where} is no feed: {parsed.reason} {parsed.detail}")
    if len(parsed.entries) != len(feed.received):
        raise NewsTapeError(f"{where} has {len(parsed.entries)} entries, and {len(feed.received)} times of receipt")
    played = Feed(feed.feed, feed.feed, feed.publisher, "", feed.language, 0.0, feed.symbols)
    found = []
    for entry, received in zip(parsed.entries, feed.received, strict=True):
        article = article_of(entry, played, round(received.timestamp() * 1000), name, replayed=True)
        if isinstance(article, Rejected):
            raise NewsTapeError(f"{where}: entry {entry.title!r} gives no article: {article.reason} {article.link!r}")
        found.append(article)
    return found
