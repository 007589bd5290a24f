"""What instruments did after a story, from stored bars; and translations: both are later revisions of a story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import insert, update

from services.analysis.news.adapters.bar_closes import BarCloses
from services.analysis.news.domain.ports import Translation
from services.analysis.news.domain.reactions import DAY_MS, HOUR_MS, MOST_DAYS
from services.analysis.news.handlers.reaction_round import ReactionRound
from services.analysis.news.handlers.translations import RETRY_MS, StoryTranslations
from shared.db import Database
from shared.events import Reaction, Story
from shared.tables import bars, industries, instrument_industries, instruments, stories
from tests.databases import on_sqlite
from tests.industries.test_role import instrument
from tests.news.parts import START, Log, Role, article, check, role

FIVE = 300_000


def bar(symbol: str, timeframe: str, at: int, close: float, factor: float = 1.0) -> dict[str, Any]:
    shape = {"open": close, "high": close, "low": close, "close": close, "volume": 1.0, "price_factor": factor, "split_factor": 1.0}
    return {
        "symbol": symbol,
        "timeframe": timeframe,
        "ts_close": at,
        "ts_open": at - 1,
        "session": 1,
        "source": "t",
        "replayed": False,
    } | shape


async def store(database: Database, rows: Sequence[dict[str, Any]]) -> None:
    async with database.begin() as connection:
        await connection.execute(insert(bars), list(rows))


async def list_members(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(insert(industries), [{"industry": "chips", "name_en": "Chips", "name_ko": "반도체"}])
        await connection.execute(insert(instruments), [instrument(symbol) for symbol in ("AAPL", "NVDA", "AMD", "NONE")])
        pairs = [{"symbol": symbol, "industry": "chips"} for symbol in ("AAPL", "NVDA", "AMD", "NONE")]
        await connection.execute(insert(instrument_industries), pairs)


async def due(database: Database) -> int | None:
    async with database.connect() as connection:
        found: int | None = (await connection.execute(stories.select())).one().reaction_due
    return found


def newest(one: Role, sent: Sequence[Any]) -> Story:
    (found,) = check(one.log.stories, sent).values()
    return found


async def test_reactions_are_filled_in_as_bars_are_stored(database_url: str) -> None:
    sent = [article(1, "Apple unveils a chip", symbols=("AAPL",))]
    async with role(database_url, Log()) as one:
        await list_members(one.database)
        reactions = ReactionRound(one.tables, BarCloses(one.database), one.publisher, one.context.clock)
        await one.handle(*sent)
        await reactions.look()
        assert newest(one, sent).reactions == (Reaction(symbol="AAPL"),)

        # Up to eleven bars after the story: no hour of trading yet. Prices are adjusted.
        rows = [bar(symbol, "5m", START - FIVE + 1, 100.0 * n, 0.5) for n, symbol in enumerate(("AAPL", "NVDA", "AMD"), 1)]
        rows += [bar("AAPL", "5m", START + n * FIVE, 100.0 + n, 0.5) for n in range(1, 12)]
        rows += [bar("NVDA", "5m", START + n * FIVE, 202.0, 0.5) for n in range(1, 30)]
        await store(one.database, rows)
        await reactions.look()
        assert newest(one, sent).reactions == (Reaction(symbol="AAPL", price=50.0),)

        # The twelfth closes later, after a pause: the hour is one of trading. AMD has not traded since: it is left out.
        at = START + 5 * HOUR_MS
        await store(one.database, [bar("AAPL", "5m", at, 110.0, 0.5)])
        await reactions.look()
        story = newest(one, sent)
        assert story.reactions == (Reaction(symbol="AAPL", price=50.0, hour=0.1, hour_industry=0.01),)
        assert story.ts_event == at
        assert await due(one.database) == START + DAY_MS

        # A session that ends within a day is not the one; then one ends after a day.
        await store(one.database, [bar("AAPL", "1d", START + DAY_MS - 1, 1.0)])
        await reactions.look()
        end = START + DAY_MS + HOUR_MS
        await store(
            one.database, [bar("AAPL", "1d", end, 95.0, 0.5), bar("NVDA", "1d", end, 180.0, 0.5), bar("AMD", "1d", end, 330.0, 0.5)]
        )
        await reactions.look()
        (found,) = newest(one, sent).reactions
        assert (found.hour, found.day, found.day_industry) == (0.1, -0.05, 0.0)
        assert await due(one.database) is None
        revisions = len(one.log.stories)
        await reactions.look()
        assert len(one.log.stories) == revisions


@on_sqlite
async def test_what_never_becomes_known_stays_null(database_url: str) -> None:
    sent = [article(1, "Apple unveils a chip", symbols=("AAPL",))]
    async with role(database_url, Log()) as one:
        await list_members(one.database)
        reactions = ReactionRound(one.tables, BarCloses(one.database), one.publisher, one.context.clock)
        await one.handle(*sent)
        await store(one.database, [bar("NVDA", "5m", START + (MOST_DAYS + 1) * DAY_MS, 1.0)])
        await reactions.look()
        assert newest(one, sent).reactions == (Reaction(symbol="AAPL"),)
        assert await due(one.database) is None


class Words:
    """Translates when it is there."""

    def __init__(self) -> None:
        self.there = False

    async def translate(self, title: str, summary: Sequence[str], language: str) -> Translation | None:
        assert (title[:5], summary, language) == ("Apple", (), "en")
        return Translation("애플, 칩 공개", (), "words") if self.there else None


@pytest.mark.parametrize("tries", [0, len(RETRY_MS)])
async def test_a_story_is_translated_after_it_was_published(database_url: str, tries: int) -> None:
    sent = [article(1, "Apple unveils a chip")]
    async with role(database_url, Log(), translates=True) as one:
        times = iter(range(START, START + 10**12, 7 * HOUR_MS))
        words, now = Words(), [START + 11 * HOUR_MS]
        translations = StoryTranslations(one.tables, one.publisher, words, lambda: now[0])
        await one.handle(*sent, article(2, "애플, 새 칩 공개", minutes=60))
        assert not one.log.stories[0].translated
        for _ in range(tries):
            await translations.look()
            now[0] += RETRY_MS[-1] + next(times) - START
        words.there = True
        await translations.look()
        found = check(one.log.stories, [*sent, article(2, "애플, 새 칩 공개", minutes=60)])
        story = next(each for each in found.values() if each.language == "en")
        assert (story.translated, story.title_ko, story.translator, story.revision) == (True, "애플, 칩 공개", "words", 2)
        assert not next(each for each in found.values() if each.language == "ko").translated
        await one.handle(article(3, "Apple unveils a chip!", minutes=3))
        grown = next(each for each in reversed(one.log.stories) if each.id == story.id)
        assert (grown.revision, grown.title_ko, grown.translated) == (3, "애플, 칩 공개", True)
        async with one.database.begin() as connection:
            await connection.execute(update(stories).values(translation_due=None))
        await translations.look()
        assert one.log.stories[-1] == grown
