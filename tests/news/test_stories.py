"""Stories on real databases: growth, repetition, failures, splits."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from services.analysis.news.adapters.story_commands import StoryCommands
from services.analysis.news.adapters.story_owner import StoryOwner
from services.analysis.news.domain.stories import MOST_ARTICLES, story_id
from shared.failures import FencedError, PoisonError, TransientError
from tests.databases import on_mariadb, on_sqlite
from tests.news.parts import HOUR, START, LetterVectors, Log, article, check, role

FED = "Fed cuts interest rates by a quarter point"
OIL = "Oil falls 3% as OPEC weighs faster output increase"


@pytest.fixture
def log() -> Log:
    return Log()


async def test_a_story_grows_and_keeps_its_id(database_url: str, log: Log) -> None:
    first, other, second = article(1, FED), article(2, OIL, minutes=1), article(3, FED + " again", minutes=5, symbols=("AAPL",))
    async with role(database_url, log) as one:
        await one.handle(first, other)
    async with role(database_url, log) as two:  # a restart reads the index
        await two.handle(second)
    found = check(log.stories, [first, other, second])
    assert len(found) == 2
    story = found[story_id(first.id)]
    assert (story.revision, story.title, [each.id for each in story.articles]) == (2, FED, [first.id, second.id])
    assert (story.first_seen, story.ts_event) == (START, START + 5 * 60_000)
    assert [link.name for link in story.instruments] == ["AAPL"]
    assert [each.symbol for each in story.reactions] == ["AAPL"]
    assert story.importance > found[story_id(other.id)].importance


async def test_what_is_delivered_again_changes_nothing(database_url: str, log: Log) -> None:
    first, second = article(1, FED), article(2, FED + ".", minutes=1)
    async with role(database_url, log) as one:
        await one.handle(first, first, second)
        await one.handle(second, first)
    async with role(database_url, log) as two:
        await two.handle(first, second)
    assert [(each.id, each.revision) for each in log.stories] == [(story_id(first.id), 1)]
    check(log.stories, [first, second])


async def test_a_changed_entry_is_an_update_and_an_older_content_is_not(database_url: str, log: Log) -> None:
    first = article(1, FED)
    changed = msgspec.structs.replace(first, title=FED + ", as expected", content="2", ts_init=first.ts_init + 1000)
    repeated = msgspec.structs.replace(changed, ts_init=first.ts_init + 2000)
    async with role(database_url, log) as one:
        await one.handle(first)
        await one.handle(changed)
        await one.handle(first, repeated)
    found = check(log.stories, [first])[story_id(first.id)]
    assert (found.revision, found.title, found.articles[0].seen) == (2, changed.title, START)


@on_sqlite
@pytest.mark.parametrize("together", [True, False])
async def test_an_entry_of_two_feeds_has_the_instruments_of_both(database_url: str, log: Log, together: bool) -> None:
    one_feed = article(1, FED, symbols=("AAPL",))
    other_feed = msgspec.structs.replace(one_feed, symbols=("MSFT",), content="2", ts_init=one_feed.ts_init + 1000)
    async with role(database_url, log) as one:
        for batch in [(one_feed, other_feed)] if together else [(one_feed,), (other_feed,)]:
            await one.handle(*batch)
    assert {link.name for link in log.stories[-1].instruments} == {"AAPL", "MSFT"}


@on_mariadb
async def test_without_a_broker_no_revision_is_lost_or_passed_over(database_url: str, log: Log) -> None:
    first, second, third = article(1, FED), article(2, FED + " now", minutes=1), article(3, FED + " today", minutes=2)
    async with role(database_url, log) as one:
        log.fails = 3
        for _ in range(3):
            with pytest.raises(TransientError):
                await one.handle(first)
        await one.handle(first)
        await one.handle(second)
        log.fails = 1
        with pytest.raises(TransientError):
            await one.handle(third)
    async with role(database_url, log) as two:
        await two.handle(article(9, OIL))
    found = check(log.stories, [first, second, third, article(9, OIL)])
    assert found[story_id(first.id)].revision == 3


@on_sqlite
async def test_an_attempt_that_failed_leaves_nothing_in_the_index(
    database_url: str, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = article(1, FED), article(2, FED + "!", minutes=1)
    async with role(database_url, log) as one:
        save = one.tables.save

        async def broken(*_: Any) -> None:
            raise TransientError("database is gone")

        monkeypatch.setattr(one.tables, "save", broken)
        with pytest.raises(TransientError):
            await one.handle(first)
        assert len(one.index) == 0
        monkeypatch.setattr(one.tables, "save", save)
        await one.handle(second)  # not into a story that was never stored
        await one.handle(first)
    found = check(log.stories, [first, second])
    assert [(each.id, len(each.articles)) for each in found.values()] == [(story_id(second.id), 2)]


@on_sqlite
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "x"}, "id"),
        ({"title": "t" * 301}, "title"),
        ({"title": " "}, "title"),
        ({"url": "javascript:x"}, "url"),
        ({"ts_event": START + 25 * HOUR}, "ts_event"),
    ],
)
async def test_an_article_that_breaks_its_contract_is_named(database_url: str, log: Log, change: Any, field: str) -> None:
    async with role(database_url, log) as one:
        with pytest.raises(PoisonError, match=field):
            await one.handle(article(1, FED), msgspec.structs.replace(article(2, OIL), **change))
    assert log.stories == []


@on_sqlite
async def test_a_title_without_a_vector_joins_what_has_nearly_the_same_letters(database_url: str, log: Log) -> None:
    class NoVectors:
        async def embed(self, texts: Any) -> Any:
            return np.full((len(texts), 384), np.nan, np.float32)

    first, second, other = article(1, FED), article(2, FED + "."), article(3, OIL)
    async with role(database_url, log, embedder=NoVectors()) as one:
        await one.handle(first, second, other)
    async with role(database_url, log) as two:
        await two.handle(third := article(4, FED, minutes=3))
    assert len(check(log.stories, [first, second, other, third])) == 2


@on_sqlite
async def test_a_full_story_takes_no_more_articles(database_url: str, log: Log) -> None:
    sent = [article(n, FED, minutes=n % 60) for n in range(MOST_ARTICLES + 5)]
    async with role(database_url, log) as one:
        for n in range(0, len(sent), 41):
            await one.handle(*sent[n : n + 41])
    found = check(log.stories, sent)
    assert sorted(len(each.articles) for each in found.values()) == [5, MOST_ARTICLES]


async def test_an_article_is_split_off_and_stays_apart(database_url: str, log: Log) -> None:
    first, second, third = article(1, FED), article(2, FED + ".", minutes=1), article(3, FED + "!", minutes=2)
    async with role(database_url, log) as one:
        await one.handle(first, second, third)
        commands, story = StoryCommands(one.database), story_id(first.id)
        await commands.request_split(story, second.id, START)
        await commands.request_split(story, "0" * 32, START)
        await commands.request_split("0" * 32, first.id, START)
        await one.splits.look()
        assert (await commands.answer(story, "0" * 32)).error == f"the story has no article {'0' * 32}"
        assert (await commands.answer("0" * 32, first.id)).error == f"there is no story {'0' * 32}"
        new_id = (await commands.answer(story, second.id)).new_story_id
        assert new_id == story_id(second.id, split=True)
        await one.splits.look()  # done once
        await commands.request_split(new_id, second.id, START)
        await one.splits.look()
        assert (await commands.answer(new_id, second.id)).error == "the story has only this article"
        await one.handle(second)
        shown = await commands.story(new_id)
        assert shown is not None
        assert [member.article.id for member in shown[1]] == [second.id]
    newest = {each.id: each for each in log.stories}
    assert [each.id for each in newest[story].articles] == [first.id, third.id]
    assert (newest[story].revision, newest[new_id].revision, newest[new_id].split_from) == (2, 1, story)
    assert (newest[story].first_seen, newest[new_id].first_seen) == (START, START + 60_000)


async def test_a_process_that_lost_the_lease_cannot_write(database_url: str, log: Log) -> None:
    async with role(database_url, log) as one:
        other = StoryOwner(one.database, 60, lambda: START + HOUR)  # its clock is beyond the lease
        assert await other.acquire()
        with pytest.raises(FencedError):
            await one.handle(article(1, FED))
        assert not one.owner.owns
        with pytest.raises(FencedError):
            await one.owner.renew()
        still = StoryOwner(one.database, 60, lambda: START + HOUR)
        assert not await still.acquire()
        await other.release()
        assert await still.acquire()
        await still.release()
    assert log.stories == []


@on_sqlite
async def test_vectors_are_the_same_after_a_restart(database_url: str, log: Log) -> None:
    async with role(database_url, log) as one:
        await one.handle(article(1, FED))
        kept = await one.tables.indexed(article(1, FED).id)
    half = (await LetterVectors().embed([FED]))[0].astype(np.float16).astype(np.float32)
    assert np.array_equal(kept.vector, half)
    assert kept.at == START
