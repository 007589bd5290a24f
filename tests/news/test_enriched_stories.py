"""Stories of the role with what the database knows of instruments, and translated by a service."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from services.analysis.news.adapters.known_instruments import read_instruments
from services.analysis.news.adapters.story_enricher import StoryEnricher
from services.analysis.news.handlers.translations import StoryTranslations
from services.analysis.news.translation.opening import open_translation
from services.ingest.adapters.instruments import read_universe, store_universe
from services.ingest.settings import HERE
from shared.db import open_database
from shared.events import Story
from shared.failures import TransientError
from shared.tables import instruments
from tests.databases import on_mariadb, on_sqlite
from tests.news.parts import START, Log, article, role
from tests.news.test_translation import settings_for
from tests.news.translators import Translators, open_translators

TITLE = "Nvidia lifts its forecast 12% on demand for AI chips"
EXCERPT = "Nvidia said that orders for its data center chips had doubled. Rivals such as AMD fell behind. The shares rose 4%."
UNIVERSE: Path = HERE / "universe.jsonl"


@on_mariadb
async def test_a_story_states_what_it_is_about_and_why(database_url: str) -> None:
    log = Log()
    async with open_database(database_url) as database:
        enricher = StoryEnricher(database)
        async with role(database_url, log, enricher=enricher) as running:
            await running.handle(article(1, TITLE, excerpt=EXCERPT))
            with pytest.raises(TransientError, match="no instruments"):  # before ingest has stored them
                await enricher.read()
            await store_universe(database, read_universe(UNIVERSE))
            await enricher.read()
            await running.handle(article(2, "삼성전자가 12조원을 벌었다", minutes=2000))
            await running.handle(article(1, TITLE, excerpt=EXCERPT, content="2", ts_init=START + 1))
    before, korean, story = log.stories
    assert before.instruments == ()
    assert [(each.name, each.reason, each.found) for each in story.instruments] == [
        ("NVDA", "name", "Nvidia"),
        ("AMD", "ticker", "AMD"),
    ]
    assert {each.name: each.reason for each in story.industries}["semiconductors"] == "instrument"
    assert (story.category.name, story.category.reason, story.language) == ("company", "rule", "en")
    assert " ".join(story.summary) == EXCERPT
    assert ([each.name for each in korean.instruments], korean.language, korean.summary) == (["005930.KS"], "ko", ())
    assert [each.symbol for each in story.reactions] == ["NVDA", "AMD"]


@on_sqlite
async def test_aliases_that_cannot_be_read_cost_only_the_aliases(database_url: str) -> None:
    async with open_database(database_url) as database:
        await store_universe(database, read_universe(UNIVERSE))
        async with database.begin() as connection:
            await connection.execute(update(instruments).where(instruments.c.symbol == "AAPL").values(aliases="{"))
            await connection.execute(update(instruments).where(instruments.c.symbol == "BA").values(active=False))
        found = {each.symbol: each for each in await read_instruments(database)}
    assert (found["AAPL"].aliases, found["AAPL"].industries) == ((), ("ai", "electronics"))
    assert "BA" not in found
    assert found["005930.KS"].aliases == ("Samsung", "삼성")


async def _translated(services: Translators, database_url: str) -> tuple[Story, Story | None]:
    log = Log()
    async with open_database(database_url) as database:
        await store_universe(database, read_universe(UNIVERSE))
        enricher = StoryEnricher(database)
        await enricher.read()
        async with (
            open_translation(settings_for(services, database_url), database, enricher.proper_names, lambda: START) as chain,
            role(database_url, log, enricher=enricher, translates=True) as running,
        ):
            assert chain is not None
            await running.handle(article(1, TITLE), article(2, "삼성전자가 12조원을 벌었다", minutes=2000))
            published = len(log.stories)
            await StoryTranslations(running.tables, running.publisher, chain, running.context.clock).look()
    english = next(each for each in log.stories if each.language == "en")
    return english, log.stories[-1] if len(log.stories) > published else None


@on_sqlite
async def test_an_english_story_is_translated_in_a_later_revision(database_url: str) -> None:
    async with open_translators() as services:
        first, translated = await _translated(services, database_url)
    assert (first.translated, first.title_ko) == (False, None)
    assert translated is not None
    assert (translated.id, translated.revision, translated.translated) == (first.id, 2, True)
    assert (translated.title, translated.translator) == (TITLE, "libretranslate")
    assert translated.title_ko is not None
    assert translated.title_ko.startswith("엔비디아 번역")
    assert "12%" in translated.title_ko


@on_sqlite
async def test_where_nothing_can_translate_it_the_story_says_so(database_url: str) -> None:
    async with open_translators() as services:
        services.fault = dict.fromkeys(("libretranslate", "deepl", "papago"), "500")
        first, translated = await _translated(services, database_url)
    assert translated is None
    assert (first.translated, first.title_ko, first.language) == (False, None, "en")
