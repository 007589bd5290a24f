"""Old articles and stories go, in steps; what is still needed stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Table, delete, func, insert, select, update

from services.analysis.news.adapters import old_news
from services.analysis.news.adapters.old_news import OldNews
from services.analysis.news.domain.stories import story_id
from services.analysis.news.handlers.retention import NewsRetention
from services.analysis.news.translation import tables as translation_tables
from services.analysis.news.translation.tables import TranslationTables
from shared.db import Database, open_database
from shared.failures import FencedError
from shared.tables import articles, stories, story_history, story_labels, story_splits, translations
from tests.news.parts import START, Log, Role, article, check, role

DAY_MS = 86_400_000
OLD, GROWN, SPLIT, PENDING, NEW = (article(n, title, minutes=minutes, symbols=("AAPL",)) for n, title, minutes in (
    (1, "Apple unveils a chip", 0), (2, "Apple opens a shop in Seoul", 0), (3, "Apple sues a maker of cables", 0),
    (4, "Apple pays a dividend again", 0), (5, "Samsung builds a plant in Texas", 40 * 24 * 60),
))  # fmt: skip
LATER = article(6, "Apple opens a shop in Seoul", minutes=20 * 24 * 60, publisher="Other")


def retention(one: Role, clock: Callable[[], int]) -> NewsRetention:
    return NewsRetention(OldNews(one.database, one.owner), one.publisher, 30, 730, clock)


async def ids(database: Database, table: Table, column: str = "id") -> set[str]:
    async with database.connect() as connection:
        return set((await connection.execute(select(table.c[column]))).scalars())


async def test_what_is_still_needed_stays(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second story has an article that is young, of the third one a split waits, the fourth is not published."""
    monkeypatch.setattr(old_news, "AT_A_TIME", 1)
    now = START + 40 * DAY_MS
    async with role(database_url, Log()) as one:
        await one.handle(OLD, GROWN, SPLIT, PENDING)
        async with one.database.begin() as connection:
            grown = update(articles).where(articles.c.id == GROWN.id).values(ts_init=START + 20 * DAY_MS)
            await connection.execute(grown)
            await connection.execute(insert(story_splits).values(story_id=story_id(SPLIT.id), article_id="a", requested_at=1))
            await connection.execute(update(stories).where(stories.c.id == story_id(PENDING.id)).values(pending=True))
        await retention(one, lambda: now).look()
        assert len(await ids(one.database, articles)) == 4, "no article is newer yet, whatever the clock says"
        await one.handle(NEW)
        async with one.database.begin() as connection:
            await connection.execute(update(stories).where(stories.c.id == story_id(PENDING.id)).values(pending=True))
        await retention(one, lambda: now).look()
        assert await ids(one.database, articles) == {GROWN.id, SPLIT.id, PENDING.id, NEW.id}
        assert len(await ids(one.database, stories)) == 5
        async with one.database.begin() as connection:
            await connection.execute(delete(articles).where(articles.c.id == PENDING.id))
        now = START + 731 * DAY_MS
        await retention(one, lambda: now).look()
        kept = {story_id(each.id) for each in (GROWN, SPLIT, PENDING, NEW)}
        assert await ids(one.database, stories) == kept
        for table in (story_labels, story_history):
            assert await ids(one.database, table, "story_id") == kept
        assert await ids(one.database, story_splits, "story_id") == {story_id(SPLIT.id)}


async def test_stories_stay_until_they_are_too_old_and_all_old_ones_go(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_news, "AT_A_TIME", 2)
    now = START + 729 * DAY_MS
    async with role(database_url, Log()) as one:
        await one.handle(OLD, GROWN, SPLIT, PENDING, NEW)
        await retention(one, lambda: now).look()
        assert await ids(one.database, articles) == {NEW.id}
        assert len(await ids(one.database, stories)) == 5
        now += 2 * DAY_MS
        await retention(one, lambda: now).look()
        assert await ids(one.database, stories) == {story_id(NEW.id)}


async def test_an_article_that_comes_again_takes_no_article_from_its_story(database_url: str) -> None:
    twin = article(7, "Apple unveils a chip", minutes=5, publisher="Other")
    async with role(database_url, Log()) as one:
        await one.handle(OLD, twin)
        await one.handle(NEW)
        published = len(one.log.stories)
        await retention(one, lambda: START).look()
        assert await ids(one.database, articles) == {NEW.id}
    async with role(database_url, Log()) as again:
        await again.handle(OLD)
        assert again.log.stories == []
        assert await ids(again.database, articles) == {NEW.id}
        assert len(again.index) == 1
        await again.handle(LATER)
        assert len(check(again.log.stories, [LATER])) == 1
    assert published == 2


async def test_a_process_without_the_lease_removes_nothing(database_url: str) -> None:
    async with role(database_url, Log()) as one:
        await one.handle(OLD, NEW)
        await one.owner.release()
        with pytest.raises(FencedError):
            await retention(one, lambda: START).look()
        assert len(await ids(one.database, articles)) == 2


async def test_old_translations_go_in_steps(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation_tables, "AT_A_TIME", 2)
    async with role(database_url, Log()), open_database(database_url) as database:
        table = TranslationTables(database, "en", "ko")
        await table.keep({f"text {n}": "x" for n in range(5)}, "deepl", 10)
        await table.keep({"young": "x"}, "deepl", 20)
        await table.forget(20)
        assert set(await table.known(["young", "text 4"])) == {"young"}
        async with database.connect() as connection:
            assert (await connection.execute(select(func.count()).select_from(translations))).scalar() == 1
