"""Requests and parses one feed."""

from __future__ import annotations

from dataclasses import dataclass

from services.ingest.domain.feeds.articles import Reading, read_articles
from services.ingest.domain.feeds.entries import NotFeed, ParseRequest
from services.ingest.domain.feeds.feed import Feed
from services.ingest.domain.feeds.outcomes import Document, Failure, NotModified
from services.ingest.domain.feeds.ports import Documents, FeedParser, WallClock


@dataclass(frozen=True)
class ReadDocument:
    """A document and what it says."""

    document: Document
    format: str
    """As feedparser names it."""
    reading: Reading


async def read_document(
    feed: Feed, documents: Documents, parser: FeedParser, clock: WallClock, etag: str = "", modified: str = ""
) -> ReadDocument | NotModified | Failure:
    """The articles of a feed, or why there are none."""
    document = await documents.fetch(feed.url, etag, modified)
    if not isinstance(document, Document):
        return document
    parsed = await parser.parse(ParseRequest(document.body, document.url, document.content_type, feed.language))
    if isinstance(parsed, Failure):
        return parsed
    if isinstance(parsed, NotFeed):
        return Failure(parsed.reason, parsed.detail)
    return ReadDocument(document, parsed.format, read_articles(parsed, feed, clock.wall()))
