"""News: what feeds said, and the stories made of it."""

from __future__ import annotations

from shared.events.event import Event, Whole


class Article(Event, frozen=True, kw_only=True, tag="article"):
    """What a feed said, as received. Hostile text: escape before showing."""

    id: str
    feed: str
    url: str
    title: str
    summary: str
    ts_event: Whole
    ts_init: Whole
    language: str = ""
    author: str = ""

    @property
    def event_id(self) -> str:
        return self.id


class Story(Event, frozen=True, kw_only=True, tag="story"):
    """One happening, told by one or more articles."""

    id: str
    title: str
    title_ko: str | None
    excerpt: str
    excerpt_ko: str | None
    url: str
    category: str
    industries: tuple[str, ...]
    symbols: tuple[str, ...]
    articles: tuple[str, ...]
    ts_event: Whole
    ts_init: Whole
    revision: Whole = 1

    @property
    def event_id(self) -> str:
        return f"{self.id}:{self.revision}"
