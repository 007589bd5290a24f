"""Inline mode: what a person types behind the bot's name in any chat, and the link that opens the bot."""

from __future__ import annotations

from services.notifier.bot.inline import SHOWN
from services.notifier.domain.deep_links import symbol_of
from shared.events import Quote
from shared.kafka import Record
from shared.tables import instruments
from tests.databases import on_sqlite
from tests.notifier.parts import APPLE, NOW, store_bars
from tests.notifier.test_bot import BotUser, bot_user


async def titles(user: BotUser, text: str, language: str = "ko") -> list[str]:
    return [each["title"] for each in (await user.telegram.type_inline(text, language=language))["results"]]


@on_sqlite
async def test_instruments_are_found_by_every_name_with_their_price(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await store_bars(user.parts.database)
        quote = Quote(
            symbol="005930.KS", last_price=71_000.0, ts_event=NOW, ts_init=NOW, session=20240701, source="test", replayed=True
        )
        await user.quotes.handle([Record("market.quotes.v1", 0, 0, NOW, quote.symbol, quote, None)])
        for text in ("삼성전자", "samsung", "005930", "ㅅㅅㅈㅈ", "삼전"):
            assert await titles(user, text) == ["삼성전자"]
        answer = await user.telegram.type_inline("apple", language="en")
        assert (answer["is_personal"], answer["cache_time"]) == (True, 30)
        (result,) = answer["results"]
        assert result["title"] == "Apple Inc."
        assert "178.7" in result["description"], "the last stored close"
        assert "Apple Inc." in result["input_message_content"]["message_text"]
        (korean,) = (await user.telegram.type_inline("삼성전자"))["results"]
        assert "71,000 KRW" in korean["description"]
        link = result["reply_markup"]["inline_keyboard"][0][0]["url"]
        base, _, parameter = link.partition("?start=")
        assert (base, symbol_of(parameter)) == ("https://t.me/finstage_test_bot", "AAPL")
        assert "애플" in await user.ask(f"/start {parameter}")
        await user.press("watch AAPL")
        assert "AAPL" in await user.ask("/list")
        assert "Finstage" in await user.ask("/start s-!!")


@on_sqlite
async def test_hostile_or_many_queries_are_answered_with_nothing(database_url: str) -> None:
    async with bot_user(database_url, commands_minute=2) as user:
        for text in ("", "\u200b", "x" * 5000, "<b>&", "ㅅ" * 300):
            assert await titles(user, text) == []
        for _ in range(5):
            await titles(user, "AAPL")
        assert await titles(user, "AAPL") == [], "no more than a person can type"


@on_sqlite
async def test_answers_are_few_and_for_listed_people(database_url: str) -> None:
    async with bot_user(database_url, allowed=frozenset({"7"})) as user:
        rows = [APPLE | {"symbol": f"AAP{i:02}", "aliases": "[]"} for i in range(3 * SHOWN)]
        async with user.parts.database.begin() as connection:
            await connection.execute(instruments.insert(), rows)
        await user.parts.instruments.refresh()
        assert len(await titles(user, "AAP")) == SHOWN
        assert (await user.telegram.type_inline("AAPL", user=8))["results"] == []
