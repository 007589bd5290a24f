"""The index of 30 days: what it finds, what it keeps, and what a restart reads."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import msgspec
import numpy as np

from services.analysis.news.domain.article_columns import IndexedArticle
from services.analysis.news.domain.near_duplicates import BANDS, signature
from services.analysis.news.domain.resemblance import HOUR_MS, exclude, margin, pack, traits, unpack
from services.analysis.news.domain.stories import story_id
from services.analysis.news.domain.story_index import StoryIndex
from services.analysis.news.domain.wording import words
from shared.events import Article
from tests.databases import on_sqlite
from tests.news.labelled import headlines, links, vectors
from tests.news.parts import START, Log, article, check, role

FED = "Fed cuts interest rates by a quarter point"
OIL = "Oil falls 3% as OPEC weighs faster output increase"
DAY_MINUTES = 24 * 60


def received(late: Article, days: int) -> Article:
    """An article that is received days after it was published."""
    return msgspec.structs.replace(late, ts_init=late.ts_event + days * DAY_MINUTES * 60_000)


@on_sqlite
async def test_an_article_that_is_received_weeks_late_finds_the_story_of_its_time(database_url: str) -> None:
    first, other = article(1, FED), article(2, OIL, minutes=20 * DAY_MINUTES)
    log, late = Log(), [received(article(3 + n, FED + "." * n, minutes=5), 20) for n in range(2)]
    same_words_later = article(9, FED, minutes=20 * DAY_MINUTES)
    async with role(database_url, log) as one:
        await one.handle(first)
        await one.handle(other)
        await one.handle(late[0])
    async with role(database_url, log) as two:  # a restart reads all 30 days
        assert len(two.index) == 3
        await two.handle(late[1], same_words_later)
    found = check(log.stories, [first, other, *late, same_words_later])
    assert {each.id for each in found[story_id(first.id)].articles} == {first.id, late[0].id, late[1].id}
    assert len(found) == 3


@on_sqlite
async def test_what_is_older_than_30_days_is_not_read(database_url: str) -> None:
    sent = [article(n, f"{OIL} {n}", minutes=n * 16 * DAY_MINUTES) for n in range(3)]
    async with role(database_url, Log()) as one:
        for each in sent:
            await one.handle(each)
        assert len(one.index) == 2
    async with role(database_url, Log()) as two:
        assert len(two.index) == 2
    async with role(database_url, Log(), most=1) as three:
        assert len(three.index) == 1


@on_sqlite
async def test_a_changed_title_is_what_later_articles_are_compared_with(database_url: str) -> None:
    first = article(1, OIL)
    changed = msgspec.structs.replace(first, title=FED, content="2", ts_init=first.ts_init + 1000)
    log = Log()
    async with role(database_url, log) as one:
        await one.handle(first)
        await one.handle(changed)
        await one.handle(second := article(2, FED + ".", minutes=1))
    assert len(check(log.stories, [first, second])) == 1


async def _sample() -> list[IndexedArticle]:
    """The labelled headlines, an hour between those of a family; each fifth has no vector."""
    found, vector = headlines(), await vectors()
    return [
        IndexedArticle(
            id=hashlib.sha256(str(n).encode()).hexdigest()[:32],
            story_id="",
            at=START + (each.hours * 60 + n) * 60_000,
            traits=pack(traits(each.title, links(each.title))),
            signature=signature(words(each.title)),
            vector=vector[n] if n % 5 else np.full(384, np.nan, np.float32),
        )
        for n, each in enumerate(found)
    ]


async def test_it_finds_what_a_comparison_with_every_article_finds() -> None:
    sample = (await _sample())[:200]
    index, placed = StoryIndex(1000), list[IndexedArticle]()
    found = [each for first in range(0, len(sample), 7) for each in index.place(sample[first : first + 7])]
    for each, placement in found:
        own, best = unpack(each.traits), (0.0, "", "")
        for other in placed:
            cosine, likeness = float(each.vector @ other.vector), float(np.mean(each.signature == other.signature))
            shares_a_band = (each.signature == other.signature).reshape(BANDS, -1).all(axis=1).any()
            above = margin(own, unpack(other.traits), cosine, likeness, each.at - other.at)
            if above is None or above <= best[0] or (np.isnan(cosine) and not shares_a_band):
                continue
            first = min((one for one in placed if one.story_id == other.story_id), key=lambda one: (one.at, one.id))
            if not exclude(own, unpack(first.traits)):
                best = (above, other.story_id, other.id)
        assert (placement.story_id, placement.nearest) == best[1:] if placement else best[0] == 0.0
        assert each.story_id == (best[1] or story_id(each.id))
        placed.append(each)
    assert 30 < sum(placement is not None for _, placement in found) < 170


async def test_a_full_index_keeps_its_size_and_the_newest_articles() -> None:
    sample = await _sample()
    index = StoryIndex(100)
    for n, each in enumerate(sample):
        placed = index.place([replace(each, at=START + n * HOUR_MS)])
        index.remove([placed[0][0].id])  # an attempt that failed
        index.place([replace(each, at=START + n * HOUR_MS)])
        assert len(index) <= 100
    assert len(index) >= 98
    last = sample[-1]
    again = index.place([replace(last, id="f" * 32, at=START + len(sample) * HOUR_MS)])
    assert again[0][1] is not None
    assert again[0][1].nearest == last.id
