"""Which articles of a document have not been published yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.events import Article

MOST_CONTENTS: Final = 20
"""Contents of one article that one feed may publish: some feeds put the time of the request into their texts."""
KEPT_MS: Final = 30 * 86_400_000
"""How long a published article is remembered after a feed has last had it."""
TOUCH_MS: Final = 86_400_000
"""How old the time of the last sight may become before it is written again."""

Key = tuple[str, str]
"""Id and content of an article."""


@dataclass(frozen=True)
class Published:
    """A content that has been published."""

    feed: str
    seen_at: int


@dataclass(frozen=True)
class Comparison:
    """A document against what has been published."""

    fresh: tuple[Article, ...]
    known: int
    endless: int
    """Articles whose content changes again and again."""
    touched: tuple[Key, ...]
    """Known contents whose time of the last sight is too old."""


def key_of(article: Article) -> Key:
    """What the content of an article is remembered by."""
    return article.id, article.content


def compare(articles: Sequence[Article], published: Mapping[Key, Published], now: int) -> Comparison:
    """Divide the articles of one feed; ``published`` has all remembered contents of them."""
    fresh, endless = [], 0
    for article in articles:
        if key_of(article) in published:
            continue
        if _contents(article, published) >= MOST_CONTENTS:
            endless += 1
        else:
            fresh.append(article)
    seen: Collection[Key] = [key for key in map(key_of, articles) if key in published]
    touched = tuple(key for key in seen if published[key].seen_at < now - TOUCH_MS)
    return Comparison(tuple(fresh), len(seen), endless, touched)


def _contents(article: Article, published: Mapping[Key, Published]) -> int:
    return sum(key[0] == article.id and each.feed == article.feed for key, each in published.items())
