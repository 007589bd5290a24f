"""The first minute of a chat, its settings, and names by initial consonants, as a user does them."""

from __future__ import annotations

from typing import Any

import pytest

from services.notifier.domain.address import Address
from services.notifier.domain.instruments import InstrumentIndex, KnownInstrument
from services.notifier.domain.preferences import find_zone, next_midnight, parse_quiet, quiet_until
from services.notifier.domain.recipients import Chat
from shared import wire as encoding
from shared.db import Database
from shared.tables import industries, instrument_industries, signals
from tests.databases import on_sqlite
from tests.notifier.parts import NOW, records, signal
from tests.notifier.test_bot import BotUser, bot_user

HERE = Address("telegram", "7")
HOUR = 3_600_000


async def list_industries(database: Database) -> None:
    rows = [
        {"industry": "phones", "name_en": "Phones", "name_ko": "휴대폰"},
        {"industry": "semiconductors", "name_en": "Semiconductors", "name_ko": "반도체"},
        *({"industry": f"other-{i:02}", "name_en": f"Other {i}", "name_ko": f"기타 {i}"} for i in range(12)),
    ]
    members = [{"symbol": "AAPL", "industry": "phones"}, {"symbol": "005930.KS", "industry": "semiconductors"}]
    async with database.begin() as connection:
        await connection.execute(industries.insert(), rows)
        await connection.execute(instrument_industries.insert(), members)


async def store_signal(database: Database, **more: Any) -> None:
    fired = signal(**more)
    row = {"id": fired.id, "symbol": fired.symbol, "timeframe": "1d", "rule": fired.rule, "direction": "up", "ts_event": NOW}
    async with database.begin() as connection:
        await connection.execute(signals.insert(), [row | {"body": encoding.encode(fired).decode()}])


async def first_steps(user: BotUser, language: str, words: dict[str, str]) -> None:
    """Everything by buttons, except for the instruments."""
    await user.ask("/start")
    assert words["zone"] in (await user.press(f"setup language {language}")).text
    assert words["industries"] in (await user.press("setup zone Asia/Seoul")).text
    assert "setup industries 1" in user.telegram.accepted[-1].actions, "further industries are on a second page"
    await user.press("setup industries 1")
    await user.press("setup industries 0")
    chosen = await user.press(words["industry"])
    assert f"✅ {words['industry']}" in chosen.labels
    step = await user.press("setup instruments")
    assert words["instruments"] in step.text
    assert "setup watch 005930.KS" in step.actions, "members of the chosen industries are suggested"
    answer = await user.ask("ㅅㅅㅈㅈ, apple")
    assert words["samsung"] in answer
    assert "AAPL" in answer
    assert words["done"] in (await user.press("setup done")).text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ko", {"zone": "어디에", "industries": "아는 산업", "industry": "반도체", "instruments": "초성", "samsung": "삼성전자",
                "done": "골든크로스"}),
        ("en", {"zone": "Where are you", "industries": "Invest only in what you know", "industry": "Semiconductors",
                "instruments": "ticker", "samsung": "Samsung Electronics", "done": "Golden cross"}),
    ],
)  # fmt: skip
async def test_the_first_minute(database_url: str, language: str, words: dict[str, str]) -> None:
    async with bot_user(database_url) as user:
        await list_industries(user.parts.database)
        await store_signal(user.parts.database)
        await first_steps(user, language, words)
        found = await user.parts.chats.get("telegram", "7")
        assert found is not None
        assert (found.language, found.zone, found.active) == (language, "Asia/Seoul", True)
        assert await user.parts.chats.industries(HERE) == ["semiconductors"]
        assert await user.parts.chats.watched(HERE) == ["005930.KS", "AAPL"]


@on_sqlite
async def test_every_step_has_a_way_back_and_typed_text_after_it_is_a_question_again(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await list_industries(user.parts.database)
        await user.ask("/start")
        await user.press("setup language en")
        await user.press("setup zone UTC")
        assert "Where are you" in (await user.press("« Back")).text
        assert "Invest only" in await user.ask("Berlin")
        found = await user.parts.chats.get("telegram", "7")
        assert found is not None
        assert found.zone == "Europe/Berlin"
        assert "What are you looking for" in await user.ask("Berlin")
        await user.press("setup instruments")
        assert "/price" in await user.ask("/help"), "a command ends the dialog"
        assert "What are you looking for" in await user.ask("AAPL")


@on_sqlite
async def test_settings_by_buttons_and_by_commands(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await list_industries(user.parts.database)
        await user.ask("/lang en")
        await user.ask("/settings")
        await user.press("settings quiet")
        assert "Quiet hours: 22:00-07:00" in (await user.press("settings quiet 22:00-07:00")).text
        assert "'25-7' is not possible" in await user.ask("25-7")
        assert "Quiet hours: 21:30-06:00" in await user.ask("21:30 - 6:00")
        await user.press("settings")
        await user.press("settings pace")
        await user.press("settings pace digest")
        await user.press("settings")
        await user.press("settings silent on")
        await user.press("settings")
        await user.press("settings rules")
        page = await user.press("settings rules 1")
        rule = next(action.split()[-1] for action in page.actions if " on " in action)
        chosen = await user.press(f"settings rules 1 on {rule}")
        assert f"settings rules 1 off {rule}" in chosen.actions, "it is on, on the same page"
        assert "settings" in chosen.actions, "there is a way back"
        assert (await user.parts.chats.get("telegram", "7")).rules == {rule: True}  # type: ignore[union-attr]
        await user.press("settings rules 0 usual")
        await user.press("settings")
        await user.press("settings briefings")
        assert "Briefings: daily and weekly" in (await user.press("settings briefings both")).text
        await user.press("settings")
        shown = await user.press("settings timeframes")
        assert shown.labels[:6] == ("15-minute", "1-hour", "4-hour", "daily", "weekly", "✅ all timeframes"), (
            "those that rules run on"
        )
        await user.press("settings timeframes 1d")
        assert "Signals on: 1-hour, daily" in (await user.press("1-hour")).text
        assert "✅ daily" in (await user.press("✅ 1-hour")).labels
        assert "'2d' is not possible" in await user.ask("2d")
        assert "Signals on: 15-minute, daily" in await user.ask("1d, 15m")
        await user.ask("/settings zone 뉴욕")
        await user.ask("/settings industries 반도체")
        found = await user.parts.chats.get("telegram", "7")
        assert found is not None
        assert found.timeframes == "15m,1d"
        assert (found.quiet_from, found.quiet_until, found.pace) == (1290, 360, "digest")
        assert (found.silent, found.briefings, found.zone) == (True, "both", "America/New_York")
        assert await user.parts.chats.industries(HERE) == ["semiconductors"]
        screen = await user.ask("/settings")
        assert "New York" in screen
        assert "Quiet hours: 21:30-06:00 · Silent: on" in screen
        assert "is not possible" in await user.ask("/settings zone Atlantis")
        assert "/settings zone" in await user.ask("/settings nonsense 5")


async def test_signals_of_a_watched_industry_arrive_also_where_its_members_change(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await list_industries(user.parts.database)
        assert "반도체" in await user.ask("/watch 반도체")
        assert "<code>semiconductors</code> 반도체" in await user.ask("/list")
        await user.ask("/settings unproven on")
        await user.parts.fan_out.handle(records([signal(1, "AAPL"), signal(2, "005930.KS")]))
        assert [row.signal_id for row in await user.parts.rows()] == [signal(2, "005930.KS").id]
        async with user.parts.database.begin() as connection:
            await connection.execute(instrument_industries.insert(), [{"symbol": "AAPL", "industry": "semiconductors"}])
        await user.parts.fan_out.handle(records([signal(3, "AAPL")]))
        assert len(await user.parts.rows()) == 2
        await user.parts.chats.migrate("telegram", "7", "-1007", NOW)
        assert await user.parts.chats.industries(Address("telegram", "-1007")) == ["semiconductors"]
        assert "해제" in await user.ask("/unwatch 반도체", chat=-1007, user=7)
        assert await user.parts.chats.industries(Address("telegram", "-1007")) == []


@on_sqlite
async def test_muted_until_tomorrow_in_the_zone_of_the_chat(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/settings zone 서울")
        await user.ask("/settings")
        await user.press("settings mute")
        assert "끕니다" in (await user.press("내일까지")).text
        found = await user.parts.chats.get("telegram", "7")
        assert found is not None
        assert (found.muted_until + 9 * HOUR) % (24 * HOUR) == 0
        assert "다시 켰습니다" in (await user.press("mute off")).text


def test_quiet_hours_end_at_their_time_of_the_day_across_a_change_of_clocks() -> None:
    chat = Chat("telegram", "1", zone="Europe/Berlin", quiet_from=22 * 60, quiet_until=7 * 60)
    before = 1_774_728_000_000  # 2026-03-28 21:00 in Berlin; the clocks change in the night
    assert quiet_until(chat, before) is None
    end = quiet_until(chat, before + HOUR)
    assert end == before + 9 * HOUR, "07:00, ten hours on the clock and nine in truth"
    assert quiet_until(chat, end) is None
    assert quiet_until(Chat("telegram", "1"), before) is None
    assert next_midnight(chat, before) == before + 3 * HOUR


@pytest.mark.parametrize("text", ["", "22", "22:60-07:00", "24:00-07:00", "a-b", "22:00-22:00", "1-2-3", "９９-1"])
def test_no_quiet_hours(text: str) -> None:
    assert parse_quiet(text) is None


@pytest.mark.parametrize(
    ("text", "zone"),
    [("seoul", "Asia/Seoul"), ("서울", "Asia/Seoul"), ("런던", "Europe/London"), ("america/new_york", "America/New_York"),
     ("new york", "America/New_York"), ("UTC", "UTC"), ("", None), ("x", None), ("<b>", None)],
)  # fmt: skip
def test_zones_are_found_by_city(text: str, zone: str | None) -> None:
    assert find_zone(text) == zone


def test_initial_consonants_find_what_begins_with_them() -> None:
    names = {
        "005930.KS": "삼성전자",
        "009150.KS": "삼성전기",
        "006400.KS": "삼성SDI",
        "035720.KS": "카카오",
        "000660.KS": "SK하이닉스",
    }
    index = InstrumentIndex(KnownInstrument(symbol, symbol, name) for symbol, name in names.items())
    assert index.find("ㅋㅋㅇ") == index.get("035720.KS")
    assert index.find("ㅅㅅㅈㅈ") == index.get("005930.KS")
    assert index.find("ㅅㅅㅈ") is None, "two names begin so"
    assert {each.symbol for each in index.suggestions("ㅅㅅㅈ")} == {"005930.KS", "009150.KS"}
    assert index.suggestions("ㅅㅅ", 5)[0].symbol == "006400.KS", "the shortest first"
    assert index.find("ㅎㅇㄴㅅ") == index.get("000660.KS")
    assert index.suggestions("ㅎㅎㅎ") == []
