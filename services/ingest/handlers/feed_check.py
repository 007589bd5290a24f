"""The commands ``feeds list`` and ``feeds check``: what the feeds are, and what one would publish."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from yarl import URL

from services.ingest.domain.feeds.feed import Feed, FeedError, FeedLine, Language
from services.ingest.domain.feeds.feed_file import is_web_url
from services.ingest.domain.feeds.outcomes import Failure, NotModified
from services.ingest.domain.feeds.ports import Documents, FeedParser, WallClock
from services.ingest.handlers.feed_document import ReadDocument, read_document
from shared.events import Article
from shared.text import plain_line

EXCERPT: Final = 160
"""Characters of an excerpt that are shown."""


def chosen(target: str, feeds: Sequence[Feed], language: Language) -> tuple[Feed, ...]:
    """The feeds that a command names: a URL, a feed, or a line (its first feed); none named: the first feed of each line.

    Raises:
        FeedError: there is no such feed.
    """
    first = {feed.line: feed for feed in reversed(feeds)}
    if not target:
        return tuple(feed for feed in feeds if first[feed.line] is feed)
    if is_web_url(target):
        known = next((feed for feed in feeds if feed.url == target), None)
        return (known or Feed(target, "", URL(target).host or "", target, language, 0.0),)
    found = next((feed for feed in feeds if feed.id == target), None) or first.get(target)
    if found is None:
        raise FeedError(f"feed {target!r} is no http or https URL and none of {', '.join(sorted(first))}")
    return (found,)


def listing(lines: Sequence[FeedLine], feeds: Sequence[Feed], contact: str) -> Iterator[str]:
    """A line of text for each line of the file."""
    for line in lines:
        count = sum(feed.line == line.feed for feed in feeds)
        many = f", {count} instruments" if "{symbol}" in line.url else ""
        off = "" if contact or not line.contact else "; off: set NEWS_CONTACT"
        yield f"{line.feed}: {line.publisher}, {line.language}, every {line.minutes:g} min{many}{off}"
        yield f"  {line.url}"
        yield f"  {line.licence}; shown: {line.shown}"


async def check_feed(feed: Feed, documents: Documents, parser: FeedParser, clock: WallClock) -> tuple[bool, list[str]]:
    """Read a feed once: whether it can be read, and lines of text that say what would be published, or why nothing."""
    head = f"{feed.id}: {feed.url}" if feed.id != feed.url else feed.id
    found = await read_document(feed, documents, parser, clock)
    if isinstance(found, Failure):
        detail = plain_line(found.detail, EXCERPT)
        return False, [head, f"  failed: {found.reason}{f': {detail}' if detail else ''}"]
    if isinstance(found, NotModified):
        return True, [head, "  not modified"]
    return True, [head, *_shown(found)]


def _shown(found: ReadDocument) -> Iterator[str]:
    reading = found.reading
    yield f"  {found.format}, {len(found.document.body)} bytes: {len(reading.articles)} articles, {len(reading.rejected)} rejected"
    for article in reading.articles:
        yield from _article(article)
    for each in reading.rejected:
        yield f"  rejected, {each.reason}: {plain_line(f'{each.title} {each.link}', EXCERPT)}"
    for flaw in sorted(set(reading.flaws)):
        yield f"  published without a date, {flaw}: {reading.flaws.count(flaw)}"


def _article(article: Article) -> Iterator[str]:
    date = "no date" if article.published is None else _time(article.published)
    yield f"  {date}  {article.title}"
    yield f"      {article.url}"
    if article.excerpt:
        yield f"      {plain_line(article.excerpt, EXCERPT)}"


def _time(ms: int) -> str:
    return dt.datetime.fromtimestamp(ms / 1000, tz=dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
