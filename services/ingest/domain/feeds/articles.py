"""Articles from the entries of a feed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from services.ingest.domain.feeds.dates import DateFlaw, read_date
from services.ingest.domain.feeds.entries import Entry, ParsedFeed
from services.ingest.domain.feeds.feed import Feed
from services.ingest.domain.feeds.links import canonical_link
from services.ingest.domain.feeds.mojibake import restored, without_lost
from shared.events import Article

RejectReason = Literal["no_title", "no_link", "bad_link", "mojibake", "repeated", "older_version", "left_out"]
LANGUAGES: Final = ("en", "ko")
FEEDS: Final = "feeds"
"""``Article.source`` of what was read from the feeds themselves."""


@dataclass(frozen=True)
class Rejected:
    """An entry that is not published, and why."""

    reason: RejectReason
    title: str
    link: str = ""


@dataclass(frozen=True)
class Reading:
    """What one document gave."""

    articles: tuple[Article, ...]
    """Each once, in the order of the document."""
    rejected: tuple[Rejected, ...]
    flaws: tuple[DateFlaw, ...] = ()
    """Of the dates of the articles: they are published without a date."""


def read_articles(parsed: ParsedFeed, feed: Feed, received: int) -> Reading:
    """The articles of a document that was received at ``received`` (milliseconds).

    Where two entries are about one page, the one with the later date is taken, or the first if that says nothing.
    """
    newest: dict[str, Article] = {}
    rejected: list[Rejected] = [Rejected("left_out", f"{parsed.left_out} entries beyond the limit")] if parsed.left_out else []
    flaws: list[DateFlaw] = []
    for entry in parsed.entries:
        found = article_of(entry, feed, received)
        if isinstance(found, Rejected):
            rejected.append(found)
            continue
        known = newest.get(found.id)
        if known is None or (known.content != found.content and (found.published or 0) > (known.published or 0)):
            newest[found.id] = found
        if known is not None:
            reason: RejectReason = "repeated" if known.content == found.content else "older_version"
            rejected.append(Rejected(reason, found.title, found.url))
        if not isinstance(date := read_date(entry.published, feed.zone, received), int):
            flaws.append(date)
    return Reading(tuple(newest.values()), tuple(rejected), tuple(flaws))


def article_of(entry: Entry, feed: Feed, received: int, source: str = FEEDS, *, replayed: bool = False) -> Article | Rejected:
    """The article of an entry that was received at ``received`` (milliseconds)."""
    title = without_lost(restored(entry.title))
    if title is None:
        return Rejected("mojibake", entry.title, entry.link)
    if not title:
        return Rejected("no_title", "", entry.link)
    if not entry.link:
        return Rejected("no_link", title)
    link = canonical_link(entry.link)
    if link is None:
        return Rejected("bad_link", title, entry.link[:200])
    excerpt = without_lost(restored(entry.excerpt)) or ""
    date = read_date(entry.published, feed.zone, received)
    published = date if isinstance(date, int) else None
    language = entry.language.lower()[:2]
    return Article(
        id=_hash(feed.publisher, link),
        content=_hash(title, excerpt, *feed.symbols),
        feed=feed.id,
        publisher=feed.publisher,
        url=link,
        title=title,
        excerpt="" if excerpt == title else excerpt,
        language=language if language in LANGUAGES else feed.language,
        symbols=feed.symbols,
        topics=entry.topics,
        published=published,
        ts_event=received if published is None else min(published, received),
        ts_init=received,
        source=source,
        replayed=replayed,
    )


def _hash(*parts: str) -> str:
    """128 bits of SHA-256 over the parts, as hex."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
