"""The parsing process: ``ParseRequest`` in, ``ParseAnswer`` out, both as MessagePack. It is killed when it takes too long."""

from __future__ import annotations

import contextlib
import re
import resource
from io import BytesIO
from typing import Any, Final

import feedparser
import msgspec
from feedparser.namespaces import mediarss

from services.ingest.adapters.feeds.charsets import decode
from services.ingest.domain.feeds.entries import Entry, NotFeed, ParseAnswer, ParsedFeed, ParseRequest
from services.ingest.domain.feeds.markup import text_of
from shared.children.loop import serve

MOST_ENTRIES: Final = 200
MOST_TITLE: Final = 300
MOST_EXCERPT: Final = 2_000
MOST_TOPICS: Final = 10
MOST_TOPIC: Final = 64
MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""Address space of the process: a document that needs more ends it."""
ERRORS: Final = (AssertionError, ValueError, LookupError, AttributeError, TypeError, RecursionError, re.error)
"""What feedparser raises on bad documents, as reported (#378, #599)."""
_DECODER: Final = msgspec.msgpack.Decoder(ParseRequest)


def _keep_descriptions() -> None:
    """Give the description of a picture a name of its own: feedparser puts it in the place of the entry's (reported as #195)."""
    mediarss.Namespace._start_media_description = lambda self, _: self.push("media_description", 0)  # noqa: SLF001
    mediarss.Namespace._end_media_description = lambda self: self.pop("media_description")  # noqa: SLF001


_keep_descriptions()


def answer(body: bytes) -> bytes:
    """The parsed feed, or why the document is none."""
    return msgspec.msgpack.encode(parse(_DECODER.decode(body)))


def parse(request: ParseRequest) -> ParseAnswer:
    """Parse a document.

    feedparser gets a stream of bytes in UTF-8: it would open a plain ``str`` or ``bytes`` as the name of a file.
    """
    text = decode(request.body, request.content_type, request.language)
    head = text[:2_000].lstrip("\ufeff \t\r\n")
    if not head:
        return NotFeed("empty")
    if head[0] in "{[":
        return NotFeed("json_feed", head[:80])
    try:
        found = _parsed(text, request.url)
    except ERRORS as error:
        return NotFeed("not_a_feed", f"feedparser failed: {type(error).__name__}: {error}"[:200])
    if not found.get("version") and not found.entries:
        return _not_a_feed(head)
    entries = tuple(_entry(each, found.feed) for each in found.entries[:MOST_ENTRIES])
    return ParsedFeed(entries=entries, format=found.get("version") or "unknown", left_out=max(0, len(found.entries) - MOST_ENTRIES))


def _parsed(text: str, url: str) -> Any:
    try:
        return _feedparser(text, url)
    except ERRORS:
        if "&#" not in text:
            raise
        return _feedparser(text.replace("&#", "&amp;#"), url)  # a wrong character reference; text_of reads the right ones


def _feedparser(text: str, url: str) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    stream = BytesIO(text.encode("utf-8", errors="replace"))
    return feedparser.parse(stream, response_headers=headers, resolve_relative_uris=False, sanitize_html=False)


def _not_a_feed(head: str) -> NotFeed:
    lower = head.lower()
    if "<urlset" in lower or "<sitemapindex" in lower:
        return NotFeed("sitemap")
    if "<!doctype html" in lower or "<html" in lower or "<body" in lower:
        return NotFeed("html_page", text_of(head, 80))
    return NotFeed("not_a_feed", text_of(head, 80))


def _entry(entry: Any, feed: Any) -> Entry:
    content = entry.get("summary") or next((each.get("value", "") for each in entry.get("content") or ()), "")
    topics = [text_of(tag.get("term") or "", MOST_TOPIC) for tag in (entry.get("tags") or ())[:MOST_TOPICS]]
    detail = entry.get("title_detail") or {}
    return Entry(
        title=text_of(entry.get("title") or "", MOST_TITLE),
        link=str(entry.get("link") or "").strip()[:2_000],
        excerpt=text_of(content, MOST_EXCERPT),
        published=str(entry.get("published") or entry.get("updated") or "")[:80],
        language=str(detail.get("language") or feed.get("language") or "")[:16],
        topics=tuple(dict.fromkeys(each for each in topics if each)),
    )


if __name__ == "__main__":
    with contextlib.suppress(ValueError, OSError):  # some systems allow no limit of the address space
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    serve(answer)
