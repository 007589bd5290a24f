"""Stories of news as the API returns them, and which of them a query asks for."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Annotated, Final, Literal, Protocol

import msgspec

from services.gateway.domain.bar_windows import MAX_TIME, MIN_TIME
from services.gateway.domain.page_tokens import parse_page_token
from services.gateway.domain.parameter_types import PageToken, Slug, Symbol, Timestamp
from services.gateway.domain.problems import RequestError
from services.gateway.domain.times import milliseconds, rfc3339
from shared import events

MOST_WORDS: Final = 8
"""Words of a search that are used."""


class NewsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which stories, by when they were first seen, newest first."""

    symbol: Symbol | None = None
    industry: Slug | None = None
    category: Literal["market", "company", "economy", "policy", "commodities", "other"] | None = None
    source: (
        Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="A publisher, as publishers of a story name it.")]
        | None
    ) = None
    language: Annotated[Literal["en", "ko"], msgspec.Meta(description="Of the first article.")] | None = None
    importance: Annotated[float, msgspec.Meta(ge=0, le=1, description="At least this important.")] | None = None
    q: (
        Annotated[
            str,
            msgspec.Meta(min_length=1, max_length=100, description="Words that are all in titles or summary, in either language."),
        ]
        | None
    ) = None
    start: Timestamp | None = None
    end: Timestamp | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000, description="At most this many results.")] = 50
    page_token: PageToken | None = None


@dataclass(frozen=True)
class NewsFilter:
    """Which stories; None matches everything. ``before`` is the (first_seen, id) of the last one on the previous page."""

    limit: int
    start: int
    end: int
    labels: tuple[tuple[str, str], ...] = ()
    """(kind, name) pairs that a story must all have: symbol, industry or publisher."""
    category: str | None = None
    language: str | None = None
    importance: float | None = None
    words: tuple[str, ...] = ()
    before: tuple[int, str] | None = None


class NewsLink(msgspec.Struct, frozen=True):
    """An instrument, an industry or the category of a story, and why."""

    name: str
    reason: str
    found: str
    """The words of the text, the instrument or the rule that it rests on; may be empty."""


class NewsArticle(msgspec.Struct, frozen=True):
    """One article of a story."""

    id: str
    publisher: str
    title: str
    url: str
    language: str
    published: str | None
    """When its feed says that it was published."""
    seen: str
    """When it was first received."""


class NewsReaction(msgspec.Struct, frozen=True):
    """What a linked instrument did since the story was first seen, as fractions; null until it is known."""

    symbol: str
    price: float | None
    """Last close at or before the story was first seen, adjusted."""
    hour: float | None
    """After an hour of trading."""
    hour_industry: float | None
    """The mean of the other members of its industry in that time."""
    day: float | None
    """To the close of the first session that ends at least a day after."""
    day_industry: float | None


class NewsStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story: articles of one or more publishers about one event."""

    id: str
    revision: int
    date: str
    """When its first article was received."""
    updated: str
    """When the newest article, translation or reaction was added."""
    title: str
    title_ko: str | None
    summary: list[str]
    """Sentences of its articles; none where there are only titles."""
    summary_ko: list[str] | None
    translated: bool
    translator: str
    language: str
    category: NewsLink
    symbols: list[str]
    instruments: list[NewsLink]
    industries: list[NewsLink]
    importance: float
    """0 to 1, from facts only (docs/news.md)."""
    url: str
    """Of its first article."""
    publishers: list[str]
    article_count: int
    reactions: list[NewsReaction]
    source: str
    replayed: bool


class NewsStoryWithArticles(NewsStory, frozen=True, kw_only=True):
    """A story with its articles."""

    articles: list[NewsArticle]
    split_from: str | None


class NewsStore(Protocol):
    """Reads stored stories. Both raise TransientError."""

    async def newest(self, filter_: NewsFilter) -> list[events.Story]: ...

    async def one(self, story_id: str) -> events.Story | None: ...


def news_filter(query: NewsQuery) -> NewsFilter:
    """The filter of a query; one more story is asked for than the page holds. Raises RequestError: the page token or the search."""
    before = parse_page_token("n", query.page_token, int, str) if query.page_token is not None else None
    words = tuple(unicodedata.normalize("NFKC", query.q).casefold().split()) if query.q is not None else ()
    if len(words) > MOST_WORDS:
        raise RequestError("invalid-parameter", f"q: at most {MOST_WORDS} words are searched", field="q", value=query.q or "")
    labels = (("symbol", query.symbol), ("industry", query.industry), ("publisher", query.source))
    return NewsFilter(
        limit=query.limit + 1,
        start=milliseconds(query.start) if query.start else MIN_TIME,
        end=milliseconds(query.end) if query.end else MAX_TIME,
        labels=tuple((kind, name) for kind, name in labels if name is not None),
        category=query.category,
        language=query.language,
        importance=query.importance,
        words=words,
        before=(before[0], before[1]) if before else None,
    )


def story(event: events.Story) -> NewsStory:
    """The view of a story."""
    return NewsStory(
        id=event.id,
        revision=event.revision,
        date=rfc3339(event.first_seen),
        updated=rfc3339(event.ts_event),
        title=event.title,
        title_ko=event.title_ko,
        summary=list(event.summary),
        summary_ko=None if event.summary_ko is None else list(event.summary_ko),
        translated=event.translated,
        translator=event.translator,
        language=event.language,
        category=_link(event.category),
        symbols=[each.name for each in event.instruments],
        instruments=[_link(each) for each in event.instruments],
        industries=[_link(each) for each in event.industries],
        importance=event.importance,
        url=event.articles[0].url if event.articles else "",
        publishers=list(dict.fromkeys(each.publisher for each in event.articles)),
        article_count=len(event.articles),
        reactions=[NewsReaction(**msgspec.structs.asdict(each)) for each in event.reactions],
        source=event.source,
        replayed=event.replayed,
    )


def story_with_articles(event: events.Story) -> NewsStoryWithArticles:
    """The view of a story with its articles."""
    articles = [
        NewsArticle(
            id=each.id,
            publisher=each.publisher,
            title=each.title,
            url=each.url,
            language=each.language,
            published=None if each.published is None else rfc3339(each.published),
            seen=rfc3339(each.seen),
        )
        for each in event.articles
    ]
    return NewsStoryWithArticles(**msgspec.structs.asdict(story(event)), articles=articles, split_from=event.split_from or None)


def _link(found: events.StoryLink) -> NewsLink:
    return NewsLink(**msgspec.structs.asdict(found))
