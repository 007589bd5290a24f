"""News: articles as received from feeds, and the stories they are about."""

from __future__ import annotations

from typing import Literal

import msgspec

from shared.events.event import Event, SafeInt

Category = Literal["market", "company", "economy", "policy", "commodities", "other"]
"""Market trend, company event, economic indicator, policy and rates, commodities and currencies, other."""


class Article(Event, frozen=True, kw_only=True, tag="article"):
    """What a feed said, as received: text is normalised (NFC, one line, no markup, no invisible characters) and bounded."""

    id: str
    """128 bits of SHA-256 over publisher and canonical URL, as hex: one entry in two feeds of a publisher is one article."""
    content: str
    """Hash of title, excerpt and symbols: an entry that its feed changed, or that a feed per ticker links to another instrument,
    keeps its id and has another content. The symbols of an article are those of all its contents."""
    feed: str
    """The id of the feed in the reviewed file."""
    publisher: str
    url: str
    """http or https, without tracking parameters."""
    title: str
    """1 to 300 characters."""
    excerpt: str = ""
    """What the feed says below the title, up to 2,000 characters."""
    body: str = ""
    """Text of the page, up to 20,000 characters; empty unless the feed's setting and robots.txt allow it."""
    language: str = ""
    """The language that the feed's entry declares, else that of the reviewed file: ``en`` or ``ko``."""
    symbols: tuple[str, ...] = ()
    """Instruments that the feed is about: a feed per ticker has one."""
    topics: tuple[str, ...] = ()
    """The entry's own tags, up to 10."""
    published: SafeInt | None = None
    """When the feed says that it was published; null where it says nothing, or what cannot be."""
    ts_event: SafeInt
    """``published``, or when it was first received where that is null or later."""
    ts_init: SafeInt
    """When this content was first received."""
    source: str
    """Whose data: ``feeds`` or the name of a tape."""
    replayed: bool = False

    @property
    def event_id(self) -> str:
        return f"article:{self.id}:{self.content}"


class StoryArticle(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One article of a story: what is shown of it."""

    id: str
    feed: str
    publisher: str
    url: str
    title: str
    language: str
    published: SafeInt | None = None
    seen: SafeInt
    """When it was first received."""


class StoryLink(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An instrument, an industry or the category of a story, and why."""

    name: str
    """Symbol, industry or category."""
    reason: str
    """``feed``, ``name``, ``alias``, ``ticker``, ``instrument``, ``topic``, ``rule``, ``embedding`` or ``unsure``."""
    found: str = ""
    """The words of the text or the instrument that it rests on; of an embedding, its margin."""


class Reaction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a linked instrument did since the story was first seen, in shares; absent until it is known."""

    symbol: str
    price: float | None = None
    """The last close at or before the story was first seen."""
    hour: float | None = None
    """The move one hour after, of trading time."""
    hour_industry: float | None = None
    """The mean move of the other members of its industry in that hour."""
    day: float | None = None
    """The move to the close of the first session that ends at least a day after."""
    day_industry: float | None = None


class Story(Event, frozen=True, kw_only=True, tag="story"):
    """One story with every article about it. It grows: each update has the next ``revision``, the id stays."""

    id: str
    """For ever: 128 bits of SHA-256 over the id of its first article, as hex; over ``split:`` and it for one that was split off."""
    revision: SafeInt
    """1, then one more with each update."""
    title: str
    """Of its first article, in ``language``."""
    title_ko: str | None = None
    """The Korean title; null until it was translated, and for a Korean story."""
    summary: tuple[str, ...] = ()
    """Up to three sentences of its articles, as they stand there; none where there are only titles."""
    summary_ko: tuple[str, ...] | None = None
    translated: bool = False
    """True when title and summary were translated to Korean. A Korean story is not translated: its own words are Korean."""
    translator: str = ""
    """What translated it."""
    language: str
    category: StoryLink
    instruments: tuple[StoryLink, ...] = ()
    industries: tuple[StoryLink, ...] = ()
    importance: float
    """0 to 1, from facts only (docs/news.md)."""
    articles: tuple[StoryArticle, ...]
    """In the order in which they were first received; at most 200, further ones begin another story."""
    reactions: tuple[Reaction, ...] = ()
    split_from: str = ""
    """The story that this one was taken out of by command."""
    first_seen: SafeInt
    """When its first article was received: the time at which it was known."""
    ts_event: SafeInt
    """When the newest article, translation or reaction was added."""
    ts_init: SafeInt
    source: str
    replayed: bool = False

    @property
    def event_id(self) -> str:
        return f"story:{self.id}:{self.revision}"
