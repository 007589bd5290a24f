"""How a story begins, grows by revisions, and loses an article that was split off."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence, Set
from typing import Final

import msgspec

from services.analysis.news.domain.importance import importance
from services.analysis.news.domain.ports import Enrichment, Translation
from shared.events import Article, Category, Reaction, Story, StoryArticle
from shared.failures import PoisonError

MOST_ARTICLES: Final = 200
"""Articles of a story: its event stays below the size of a message."""
DAY_MS: Final = 86_400_000
_LIMITS: Final = {
    "content": 128, "feed": 64, "publisher": 64, "url": 2048, "title": 300, "excerpt": 2000, "body": 20_000, "language": 8,
    "source": 64,
}  # fmt: skip
_CATEGORIES: Final = frozenset({"market", "company", "economy", "policy", "commodities", "other"})


def check(article: Article) -> None:
    """Refuse an article that breaks its contract.

    Raises:
        PoisonError: names the field and the value.
    """
    if len(article.id) != 32 or not set(article.id) <= set("0123456789abcdef"):
        raise PoisonError(f"article id {article.id[:40]!r}: expected 32 hexadecimal digits")
    if not article.title.strip():
        raise PoisonError(f"article {article.id}: the title is empty")
    if not article.url.startswith(("http://", "https://")):
        raise PoisonError(f"article {article.id}: url {article.url[:40]!r} is neither http nor https")
    if article.ts_event > article.ts_init + DAY_MS:  # it would be the newest of all, and the others too old for the index
        raise PoisonError(f"article {article.id}: ts_event {article.ts_event} is more than a day after ts_init {article.ts_init}")
    for name, most in _LIMITS.items():
        if len(getattr(article, name)) > most:
            raise PoisonError(
                f"article {article.id}: {name} has {len(getattr(article, name))} characters, at most {most} are allowed"
            )


def story_id(article_id: str, *, split: bool = False) -> str:
    """The id of the story that an article begins.

    >>> story_id("0" * 32), story_id("0" * 32) == story_id("0" * 32, split=True)
    ('84e0c0eafaa95a34c293f278ac52e45c', False)
    """
    return hashlib.sha256((f"split:{article_id}" if split else article_id).encode()).hexdigest()[:32]


def seen_at(article: Article) -> int:
    """When an article was known: received, or for a tape the moment that it plays."""
    return article.ts_event if article.replayed else article.ts_init


def composed(
    story: str,
    before: Story | None,
    articles: Sequence[Article],
    found: Enrichment,
    watched: Set[str],
    now: int,
    split_from: str = "",
) -> Story:
    """The next revision of a story with these articles, in the order in which they were first received.

    ``before``: its last revision; what is known of reactions and the title's translation stays. ``watched``: symbols that a chat
    watches. ``now``: milliseconds since the epoch.
    """
    seen = {each.id: each.seen for each in before.articles} if before else {}
    members = tuple(_member(each, seen.get(each.id)) for each in articles)
    first = articles[0]
    same_title = before is not None and before.title == first.title
    same_words = same_title and before is not None and before.summary == found.summary
    first_seen = before.first_seen if before else members[0].seen
    publishers: dict[str, int] = {}
    for member in members:
        publishers[member.publisher] = min(member.seen, publishers.get(member.publisher, member.seen))
    known = {each.symbol: each for each in before.reactions} if before else {}
    symbols = [link.name for link in found.instruments]
    return Story(
        id=story,
        revision=before.revision + 1 if before else 1,
        title=first.title,
        title_ko=before.title_ko if before and same_title else None,
        summary=found.summary,
        summary_ko=before.summary_ko if before and same_words else None,
        translated=bool(before and same_words and before.translated),
        translator=before.translator if before and same_words else "",
        language=found.language,
        category=found.category,
        instruments=found.instruments,
        industries=found.industries,
        importance=importance(publishers, first_seen, len(watched & set(symbols)), category_of(found.category.name)),
        articles=members,
        reactions=tuple(known.get(symbol, Reaction(symbol=symbol)) for symbol in symbols),
        split_from=before.split_from if before else split_from,
        first_seen=first_seen,
        ts_event=max(before.ts_event if before else 0, *(member.seen for member in members)),
        ts_init=now,
        source=first.source,
        replayed=first.replayed,
    )


def with_reactions(story: Story, reactions: tuple[Reaction, ...], at: int, now: int) -> Story:
    """The next revision, with what instruments did; ``at``: close of the newest bar that was read."""
    return msgspec.structs.replace(
        story, revision=story.revision + 1, reactions=reactions, ts_event=max(story.ts_event, at), ts_init=now
    )


def with_translation(story: Story, found: Translation, now: int) -> Story:
    """The next revision, with title and summary in Korean."""
    return msgspec.structs.replace(
        story,
        revision=story.revision + 1,
        title_ko=found.title,
        summary_ko=found.summary,
        translated=True,
        translator=found.translator,
        ts_init=now,
        ts_event=story.ts_event if story.replayed else max(story.ts_event, now),
    )


def search_text(story: Story) -> str:
    """What a search reads: titles and summaries of both languages, in lower case, NFKC."""
    titles = dict.fromkeys([story.title, story.title_ko or "", *(each.title for each in story.articles)])
    return unicodedata.normalize("NFKC", "\n".join([*titles, *story.summary, *(story.summary_ko or ())])).casefold()


def category_of(name: str) -> Category:
    """The category of that name; ``other`` for a name that is none."""
    return name if name in _CATEGORIES else "other"  # type: ignore[return-value]  # mypy does not narrow by a set


def _member(article: Article, seen: int | None) -> StoryArticle:
    return StoryArticle(
        id=article.id,
        feed=article.feed,
        publisher=article.publisher,
        url=article.url,
        title=article.title,
        language=article.language,
        published=article.published,
        seen=seen_at(article) if seen is None else seen,
    )
