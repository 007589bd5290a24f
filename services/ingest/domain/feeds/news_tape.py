"""A tape of sample articles: documents of feeds, and when each of their entries is received."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import msgspec

from services.ingest.domain.feeds.feed import Feed, Language
from shared.events import Article


class NewsTapeError(ValueError):
    """A tape of articles cannot be played; the message names the tape, the feed and the problem."""


@dataclass(frozen=True)
class NewsTape:
    """The feeds of a tape and their articles, in the order in which they are received."""

    feeds: tuple[Feed, ...] = ()
    articles: tuple[Article, ...] = ()


class TapeFeed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A feed of the tape."""

    feed: str
    publisher: str
    language: Language
    symbols: tuple[str, ...]
    file: str
    """The document with all its entries, in the folder of the tape's name."""
    received: tuple[dt.datetime, ...]
    """When each entry is received, in the order of the document."""


class NewsTapeHeader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of ``NAME.json``."""

    tape: str
    """The tape of prices beside which it is played."""
    title: str
    about: str
    source: str
    licence: str
    feeds: tuple[TapeFeed, ...]
