"""Answers as a person reads them: in their language and zone, without names of the program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.notifier.adapters.conditions import ConditionTable
from services.notifier.domain.alert_text import alert_text
from services.notifier.domain.analysis_replies import top_text
from services.notifier.domain.condition_words import value_words
from services.notifier.domain.industry_names import industry_label
from services.notifier.domain.instruments import InstrumentIndex, KnownInstrument
from services.notifier.domain.quality_replies import RuleRecord, quality_reply
from services.notifier.domain.quality_text import quality_text
from services.notifier.domain.recipients import Chat
from services.notifier.domain.replies import status_text
from services.notifier.words.catalogue import LANGUAGES, phrase
from shared.events import IndustryView, Mover, Quote, Timeframe
from shared.kafka import Record
from tests.databases import on_sqlite
from tests.notifier.parts import NOW, industry, signal, store_bars
from tests.notifier.test_bot import bot_user
from tests.notifier.test_texts import QUALITY as DAILY
from tests.until import until

UNIVERSE = Path(__file__).parents[2] / "services" / "ingest" / "universe.jsonl"
QUALITY = msgspec.structs.replace(DAILY, level="industry", group="semiconductors")


@on_sqlite
async def test_times_are_those_of_the_chats_zone(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await store_bars(user.parts.database, 3)
        quote = Quote(symbol="AAPL", last_price=190.5, ts_event=NOW, ts_init=NOW, source="replay", replayed=True)
        assert "2024-07-01 20:00 UTC (2024-07-02 05:00 KST)" in await user.ask("/price AAPL"), "no zone is chosen"
        await user.ask("/settings zone 뉴욕")
        for line in ("/price AAPL", "/chart AAPL"):
            assert "2024년 7월 1일 (월) 16:00" in await user.ask(line), line
        await user.quotes.handle([Record("market.quotes.v1", 0, 0, NOW, "AAPL", quote, None)])
        await user.industries.handle([industry("semiconductors", "Semiconductors", "반도체")])
        for line in ("/price AAPL", "/industry 반도체"):
            assert "2024년 7월 1일 (월) 16:00" in await user.ask(line), line


@on_sqlite
@pytest.mark.parametrize(("code", "words"), [("en", "alert bot"), ("en-GB", "alert bot"), ("ko", "알림 봇"), ("fr", "alert bot")])
async def test_a_new_person_is_greeted_in_the_language_of_their_telegram(database_url: str, code: str, words: str) -> None:
    async with bot_user(database_url) as user:
        who: Any = {"id": 7, "is_bot": False, "first_name": "P", "language_code": code}
        more: Any = {"from": who}
        await user.telegram.type_text("/start", **more)
        await until(lambda: user.telegram.accepted)
        assert words in user.telegram.accepted[0].text


@on_sqlite
async def test_the_first_steps_say_what_was_not_understood(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/setup language en")
        assert "'Gotham'" in await user.ask("Gotham")
        await user.ask("/setup instruments")
        await user.ask("apple")
        answer = await user.ask("nothing of this name")
        assert "I know no instrument" in answer
        assert "You watch: Apple" in answer
        assert "Watching" not in answer, "nothing was added"


@on_sqlite
async def test_an_alert_says_how_often_it_comes_and_keeps_its_limits_when_it_is_edited(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/lang en")
        assert "once, when the condition" in await user.ask("/alert AAPL above 200")
        assert "at most once a bar" in await user.ask("/alert AAPL +5%")
        answer = await user.ask("/alert AAPL rsi_14 < 30 on 1h")
        assert "at the close of every bar" in answer
        assert "#3 RSI(14) is below 30, on 1-hour bars\n    Apple Inc. · at each close" in answer
        await user.ask("/alerts 3 cooldown 4h")
        await user.ask("/alerts 3 edit rsi_14 < 20 on 1h for AAPL")
        kept = await ConditionTable(user.parts.database).for_chat("telegram", "7")
        assert [(each.number, each.text, each.cooldown) for each in kept][-1] == (4, "rsi_14 < 20 on 1h", 4 * 3_600_000)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_status_industry_or_timeframe_is_a_name_of_the_program(language: str) -> None:
    tally = dict.fromkeys(("pending", "sending", "sent", "unknown", "failed", "expired", "muted"), 1)
    text = status_text(Chat("telegram", "7", language=language), 0, tally, NOW)
    assert phrase(language, "status-expired") in text
    known = {
        each["industry"]: each for line in UNIVERSE.read_text().splitlines() if "industry" in (each := msgspec.json.decode(line))
    }
    rows = {slug: row[f"name_{language}"] for slug, row in known.items() if "name_ko" in row and "symbol" not in row}
    assert rows
    assert {slug: industry_label(slug, language) for slug in rows} == rows, "the catalogue has the names of the bundled industries"
    assert rows["semiconductors"] in quality_text(QUALITY, Timeframe.D1, language)
    assert "15m" not in quality_text(None, Timeframe.M15, language)
    record = RuleRecord("fast=50,slow=200", "up", Timeframe.D1, True, QUALITY)
    assert "▲ (50, 200) " in quality_reply("golden_cross", [record], language)
    own = alert_text(signal(rule="condition", params={}, condition="rsi_14 < 30 on 1d"), KnownInstrument("A", "A", "A"), language)
    assert "rsi_14" not in own


def test_values_of_a_bar_are_in_words() -> None:
    assert value_words("session_low_close", "ko") == "당일 최저 종가"
    assert value_words("highest(high, 20)", "en") == "highest of the high over 20 bars"
    assert value_words("of_another_version_7", "en") == "of_another_version_7"


def test_what_fell_is_not_among_what_rose() -> None:
    falling, rising = (industry(slug, slug, slug).event for slug in ("down", "up"))
    mover = Mover(symbol="005930.KS", move=-0.02, last_price=1.0)
    views: list[IndustryView] = [
        msgspec.structs.replace(falling, median_move=-0.02, leaders=(mover,)),
        msgspec.structs.replace(rising, median_move=0.01),
    ]
    chat = Chat("telegram", "7", language="en")
    rose, _, fell = top_text(views, InstrumentIndex(()), chat).partition(phrase("en", "top-worst"))
    assert ("down" in rose, "up" in rose) == (False, True)
    assert ("down · 005930.KS -2.00%" in fell, "+1.00%" in fell) == (True, False)
    still = [replace_move(view) for view in views]
    assert phrase("en", "top-still") in top_text(still, InstrumentIndex(()), chat)


def replace_move(view: IndustryView) -> IndustryView:
    """The view with no move."""
    return msgspec.structs.replace(view, median_move=0.0)
