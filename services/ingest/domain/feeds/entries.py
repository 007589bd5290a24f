"""What the parsing process answers: the entries of a feed, or why a document is none."""

from __future__ import annotations

from typing import Literal

import msgspec

NotFeedReason = Literal["empty", "html_page", "sitemap", "json_feed", "not_a_feed"]


class ParseRequest(msgspec.Struct, frozen=True):
    """A document for the parsing process."""

    body: bytes
    url: str
    """Its address, against which relative links are resolved."""
    content_type: str = ""
    language: str = ""
    """That of the reviewed file: a Korean feed in an undeclared charset is read as CP949."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. Texts are without markup, on one line and bounded."""

    title: str
    link: str
    """As in the document, resolved against its address; any scheme, may be empty."""
    excerpt: str = ""
    published: str = ""
    """As in the document."""
    language: str = ""
    topics: tuple[str, ...] = ()


class ParsedFeed(msgspec.Struct, frozen=True, kw_only=True, tag="feed"):
    """The entries of a feed, in its order."""

    entries: tuple[Entry, ...]
    format: str
    """As feedparser names it: ``rss20``, ``atom10``, ``rss10``."""
    left_out: int = 0
    """Entries beyond the limit."""


class NotFeed(msgspec.Struct, frozen=True, tag="not_feed"):
    """The document is no feed."""

    reason: NotFeedReason
    detail: str = ""


ParseAnswer = ParsedFeed | NotFeed
