"""The chain of translators against stand-ins that speak the services' contracts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from services.analysis.news.domain.ports import Translation
from services.analysis.news.enrichment.enricher import Enricher
from services.analysis.news.settings import TranslatorSettings
from services.analysis.news.translation.chain import TranslationChain, requests
from services.analysis.news.translation.opening import open_translation
from services.analysis.news.translation.tables import TranslationTables
from shared.db import open_database
from tests.databases import on_mariadb
from tests.news.labelled_headlines import instruments
from tests.news.translators import KEY, KEY_ID, OUTCOMES, Fault, Translators, in_korean, open_translators

TITLE = "Nvidia rises 3.5% after $1.2 billion order"
SUMMARY = ("Shares of NVDA closed at $190.52.", "Demand is strong.")
KOREAN = "엔비디아 번역 3.5% 번역 12억 달러 번역"
NAMES = Enricher(instruments()).proper_names
START = 1_764_400_000_000
DAY = 86_400_000
ORDER = ("libretranslate", "deepl", "papago")


class Clock:
    """Milliseconds that move only by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


def settings_for(services: Translators, url: str, **more: Any) -> TranslatorSettings:
    fields: dict[str, Any] = {
        "libretranslate_url": services.url,
        "libretranslate_key": SecretStr(KEY),
        "deepl_url": services.url,
        "deepl_key": SecretStr(KEY),
        "papago_url": services.url,
        "papago_key_id": SecretStr(KEY_ID),
        "papago_key": SecretStr(KEY),
        "translation_seconds": 10,
    }
    return TranslatorSettings(_env_file=None, database_url=url, **fields | more)


@asynccontextmanager
async def opened(settings: TranslatorSettings, clock: Clock) -> AsyncIterator[TranslationChain]:
    async with (
        open_database(settings.database_url) as database,
        open_translation(settings, database, NAMES, clock) as chain,
    ):
        assert chain is not None
        yield chain


@pytest.fixture
async def services() -> AsyncIterator[Translators]:
    async with open_translators() as found:
        yield found


async def test_title_and_summary_are_translated_once(services: Translators, database_url: str) -> None:
    clock = Clock()
    async with opened(settings_for(services, database_url), clock) as chain:
        first = await chain.translate(TITLE, SUMMARY, "en")
        again = await chain.translate(TITLE, SUMMARY[:1], "en")
    async with opened(settings_for(services, database_url), clock) as chain:
        after_restart = await chain.translate(TITLE, SUMMARY, "en")
    assert (
        first == after_restart == Translation(KOREAN, ("번역 번역 NVDA 번역 번역 190.52달러.", "번역 번역 번역"), "libretranslate")
    )
    assert again == Translation(KOREAN, first.summary[:1], "libretranslate")
    assert services.requests == {"libretranslate": 1}
    assert not any("3.5" in text or "Nvidia" in text for text in services.texts)


async def test_what_was_paid_for_is_kept_when_the_next_text_fails(services: Translators, sqlite_url: str) -> None:
    settings = settings_for(services, sqlite_url, libretranslate_url="", deepl_key=SecretStr(""))
    clock = Clock()
    services.translate = lambda text: services.fault.update(papago="429") or in_korean(text)
    async with opened(settings, clock) as chain:
        assert await chain.translate("A title", ("A sentence.",), "en") is None
        services.fault, services.translate = {}, in_korean
        clock.now += 3_600_000
        assert await chain.translate("A title", ("A sentence.",), "en") is not None
    assert services.texts == ["A title", "A sentence.", "A sentence."]


@pytest.mark.parametrize("language", ["ko", "und"])
async def test_what_is_not_english_is_not_translated(services: Translators, sqlite_url: str, language: str) -> None:
    async with opened(settings_for(services, sqlite_url), Clock()) as chain:
        assert await chain.translate("삼성전자가 올랐다", (), language) is None
    assert not services.requests


@pytest.mark.parametrize("service", ORDER)
@pytest.mark.parametrize("fault", OUTCOMES)
async def test_after_a_failure_the_next_one_is_asked(
    services: Translators,
    sqlite_url: str,
    fault: Fault,
    service: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    services.fault = dict.fromkeys(ORDER[: ORDER.index(service) + 1], fault)
    counted = requests.labels(service, OUTCOMES[fault])._value
    before = counted.get()
    seconds = 0.3 if fault == "slow" else 10
    async with opened(settings_for(services, sqlite_url, translation_seconds=seconds), Clock()) as chain:
        found = await chain.translate(TITLE, (), "en")
    assert counted.get() == before + 1
    following = ORDER[ORDER.index(service) + 1 :]
    assert found == (Translation(KOREAN, (), following[0]) if following else None)
    assert services.requests == dict.fromkeys((*ORDER[: ORDER.index(service) + 1], *following[:1]), 1)
    captured = capfd.readouterr()
    assert not any(secret in captured.out + captured.err + caplog.text for secret in (KEY, KEY_ID, "Nvidia"))


async def test_a_wrong_key_is_the_next_ones_turn_and_a_pause(services: Translators, sqlite_url: str) -> None:
    clock, settings = Clock(), settings_for(services, sqlite_url, deepl_key=SecretStr("wrong"), libretranslate_key=SecretStr(""))
    async with opened(settings, clock) as chain:
        for title in ("One company grows", "Another company grows"):
            found = await chain.translate(title, (), "en")
            assert found is not None
            assert found.translator == "papago"
    assert services.requests == {"papago": 2}


@pytest.mark.parametrize(("fault", "pause"), [("429", 60_000), ("456", 300_000), ("403", 300_000)])
async def test_who_refuses_is_left_alone_for_a_while(services: Translators, sqlite_url: str, fault: Fault, pause: int) -> None:
    clock = Clock()
    services.fault = {"libretranslate": fault}
    async with opened(settings_for(services, sqlite_url), clock) as chain:
        for number in range(4):
            await chain.translate(f"Story {number} of many", (), "en")
        assert services.requests["libretranslate"] == 1
        services.fault = {}
        clock.now += pause
        found = await chain.translate("A later story", (), "en")
    assert found is not None
    assert found.translator == "libretranslate"


async def test_three_failures_in_a_row_open_the_breaker(services: Translators, sqlite_url: str) -> None:
    services.fault = {"libretranslate": "500"}
    async with opened(settings_for(services, sqlite_url), Clock()) as chain:
        for number in range(6):
            found = await chain.translate(f"Story {number} of many", (), "en")
            assert found is not None
            assert found.translator == "deepl"
    assert services.requests == {"libretranslate": 3, "deepl": 6}


async def test_no_more_characters_are_sent_than_a_day_may_have(services: Translators, database_url: str) -> None:
    clock = Clock()
    settings = settings_for(services, database_url, libretranslate_daily=40, deepl_daily=0, papago_daily=20)
    texts = ["A first headline of 30 letters", "A second headline, of 30 chars"]
    async with opened(settings, clock) as chain:
        assert [await chain.translate(text, (), "en") is not None for text in texts] == [True, False]
    async with opened(settings, clock) as chain:  # the day's characters are stored
        assert await chain.translate(texts[1], (), "en") is None
        clock.now += DAY
        assert await chain.translate(texts[1], (), "en") is not None
    assert services.requests == {"libretranslate": 2}


@on_mariadb
async def test_two_processes_share_a_day(database_url: str) -> None:
    async with open_database(database_url) as database:
        one, other = TranslationTables(database, "en", "ko"), TranslationTables(database, "en", "ko")
        granted = [await tables.charge("deepl", 20251129, 30, 100) for tables in (one, other, one, other)]
    assert granted == [True, True, True, False]


async def test_old_translations_are_forgotten_with_a_new_day(services: Translators, database_url: str) -> None:
    clock = Clock()
    async with opened(settings_for(services, database_url, translation_cache_days=2), clock) as chain:
        await chain.translate(TITLE, (), "en")
        clock.now += DAY
        await chain.translate(TITLE, (), "en")
        assert services.requests["libretranslate"] == 1
        clock.now += 2 * DAY
        await chain.translate(TITLE, (), "en")
    assert services.requests["libretranslate"] == 2


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "ZX0Q rises ZX1Q after ZX2Q order",
        "엔비디아 급등",
        "ZX0Q 상승 ZX1Q ZX1Q ZX2Q",
        "ZX0Q ZX1Q ZX2Q 번역 77",
        "ZX0Q <b>번역</b> ZX1Q ZX2Q",
    ],
)
async def test_an_answer_that_lost_or_made_up_something_is_not_shown(services: Translators, sqlite_url: str, answer: str) -> None:
    services.translate = lambda _: answer
    async with opened(settings_for(services, sqlite_url), Clock()) as chain:
        assert await chain.translate(TITLE, (), "en") is None
    assert services.requests == dict.fromkeys(ORDER, 1)


async def test_a_sentence_that_one_cannot_translate_is_translated_by_another(services: Translators, sqlite_url: str) -> None:
    first: list[str] = []

    def only_titles(text: str) -> str:
        first.append(text)
        return text if len(first) == 2 else "번역 한 문장"

    services.translate = only_titles
    async with opened(settings_for(services, sqlite_url), Clock()) as chain:
        found = await chain.translate("A title", ("A sentence.",), "en")
    assert found == Translation("번역 한 문장", ("번역 한 문장",), "libretranslate+deepl")
    assert services.requests == {"libretranslate": 1, "deepl": 1}


async def test_without_settings_there_is_no_translator(sqlite_url: str) -> None:
    async with (
        open_database(sqlite_url) as database,
        open_translation(TranslatorSettings(_env_file=None), database, NAMES, Clock()) as chain,
    ):
        assert chain is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("libretranslate_url", "ftp://x"), ("papago_key", "only one"), ("translation_seconds", "0"), ("deepl_daily", "-1")],
)
def test_invalid_settings_are_refused(field: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(field.upper(), value)
    with pytest.raises(ValueError, match=field.upper() if "papago" in field else field):
        TranslatorSettings(_env_file=None)


def test_a_free_key_of_deepl_has_a_host_of_its_own() -> None:
    free, paid = (TranslatorSettings(_env_file=None, deepl_key=SecretStr(key)) for key in ("abc:fx", "abc"))
    assert (free.deepl_address, paid.deepl_address) == ("https://api-free.deepl.com", "https://api.deepl.com")
    assert Path(str(TranslatorSettings(_env_file=None, translation_model="").translation_model)) == Path("None")
