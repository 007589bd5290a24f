"""Briefings: on demand, and once a day in the chat's zone, also over a restart."""

from __future__ import annotations

from services.notifier.adapters.news_tables import NewsTables
from services.notifier.bot.briefings import Briefings, DailyBriefings
from services.notifier.domain.briefing import BriefingData, briefing_day, briefing_text
from services.notifier.domain.instruments import InstrumentIndex
from services.notifier.domain.recipients import Chat
from shared.events import Mover, Quote
from shared.kafka import Record
from tests.databases import on_sqlite
from tests.notifier.parts import NOW, ManualClock, industry, signal
from tests.notifier.telegram.markup import parsed_length
from tests.notifier.test_bot import bot_user
from tests.notifier.test_setup import list_industries, store_signal

HOUR = 3_600_000
SEOUL = Chat("telegram", "7", zone="Asia/Seoul", briefing=True)


def test_a_briefing_is_due_in_the_evening_of_weekdays_in_the_zone_of_the_chat() -> None:
    assert briefing_day(SEOUL, NOW) is None, "it is 05:00 on Tuesday in Seoul"
    assert briefing_day(SEOUL, NOW + 13 * HOUR) == "2024-07-02"
    assert briefing_day(Chat("telegram", "7", zone="UTC"), NOW) == "2024-07-01"
    assert briefing_day(SEOUL, NOW + (13 + 4 * 24) * HOUR) is None, "Saturday"


def test_a_briefing_fits_a_message_for_all_values() -> None:
    long = {"median_move": 0.01, "leaders": (Mover(symbol="S" * 30, move=1e9, last_price=1.0),)}
    views = [industry(f"i{n}", "<b>" * 60, "가" * 200, **long).event for n in range(20)]
    quotes = [
        Quote(symbol=f"{'Q' * 25}{n}", last_price=1.0, change_percent=n / 7, ts_event=0, ts_init=0, source="x") for n in range(90)
    ]
    data = BriefingData(views, views, quotes, [signal(n, rule="x" * 48, params={}) for n in range(9)])
    for language in ("ko", "en"):
        text = briefing_text(data, Chat("telegram", "7", language=language), InstrumentIndex(), NOW)
        assert parsed_length(text) <= 4096
    empty = briefing_text(BriefingData(), Chat("telegram", "7", language="en"), InstrumentIndex(), NOW)
    assert "Nothing to report yet" in empty


@on_sqlite
async def test_a_briefing_on_demand_and_once_a_day(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await list_industries(user.parts.database)
        await store_signal(user.parts.database)
        await user.ask("/lang en")
        await user.ask("/watch AAPL")
        await user.ask("/watch phones")
        market, phones = (
            industry("us", "US market", "미국", kind="market", median_move=0.004),
            industry("phones", "Phones", "휴대폰", median_move=-0.02),
        )
        await user.industries.handle([market, phones, industry("games", "Games", "게임", median_move=0.5)])
        quote = Quote(symbol="AAPL", last_price=190.5, change_percent=0.031, ts_event=NOW, ts_init=NOW, source="x")
        await user.quotes.handle([Record("market.quotes.v1", 0, 0, NOW, "AAPL", quote, None)])
        answer = await user.ask("/brief")
        for part in ("US market +0.40%", "Phones -2.00%", "Apple Inc. +3.10%", "Golden cross", "Not investment advice"):
            assert part in answer
        assert "Games" not in answer
        await user.press("settings briefing on")
        await user.ask("/settings zone Seoul")
        clock, parts = ManualClock(), user.parts
        briefings = Briefings(
            parts.chats, parts.market, NewsTables(parts.database), user.quotes, user.industries, parts.instruments
        )
        for hours, count in ((0, 0), (13, 1), (14, 1), (37, 2)):
            clock.at = hours * 3600.0
            for _ in range(2):  # a process that began again
                await DailyBriefings(briefings, parts.chats, parts.deliveries, clock.clock(), parts.sender.wake).once()
            rows = await parts.rows()
            assert [row.kind for row in rows] == ["notice"] * count
        assert "US market" in rows[0].body
