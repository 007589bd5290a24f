"""The bot end to end: long polling on the stand-in's socket, real tables, real commands."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from services.notifier.adapters.bot_updates import UpdateTable
from services.notifier.adapters.conditions import ConditionTable
from services.notifier.adapters.dialogs import DialogTable
from services.notifier.adapters.market_tables import MarketTables
from services.notifier.adapters.news_tables import NewsTables
from services.notifier.adapters.notices import NoticeTable
from services.notifier.adapters.parsing.parser import ProcessParser
from services.notifier.adapters.payments import PaymentTable
from services.notifier.adapters.personal_data import PersonalDataTables
from services.notifier.adapters.premium_members import MemberTable
from services.notifier.adapters.statistics import StatisticsTables
from services.notifier.adapters.telegram.administrators import BotAdmins
from services.notifier.adapters.telegram.api import open_bot
from services.notifier.adapters.telegram.channel import TelegramChannel
from services.notifier.adapters.telegram.polling import Polling
from services.notifier.adapters.telegram.premium_channel import TelegramPremiumChannel
from services.notifier.adapters.telegram.reply_sender import ReplySender
from services.notifier.adapters.telegram.stars import TelegramStars
from services.notifier.adapters.telegram.updates import UpdateProcessor
from services.notifier.bot.backtests import Backtests
from services.notifier.bot.industries import LatestIndustries
from services.notifier.bot.ports import BotPorts
from services.notifier.bot.quotes import LatestQuotes
from services.notifier.bot.router import CommandBot
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.picture_cache import PictureCache
from services.notifier.domain.address import Address
from services.notifier.domain.backtests import BacktestRunner
from services.notifier.domain.ports.conditions import ConditionTimes
from services.notifier.domain.ports.pictures import ChartRenderer
from services.notifier.domain.rate_limits import RateLimit, RateLimiter
from shared import wire as encoding
from shared.db import open_database
from shared.events import IndustryMember, Mover, Quote, RelativeStrength, RuleCount, SignalQuality
from shared.kafka import Record
from shared.tables import signal_quality, signals
from tests.notifier.parser_here import ParserHere
from tests.notifier.parts import NOW, Parts, industry, list_instruments, signal, store_bars, wire
from tests.notifier.telegram import TOKEN, Telegram, open_telegram
from tests.notifier.telegram.faults import Fault
from tests.notifier.telegram.server import Accepted
from tests.notifier.test_texts import QUALITY
from tests.until import until


@dataclass
class BotUser:
    """A user of the bot."""

    telegram: Telegram
    parts: Parts
    quotes: LatestQuotes
    industries: LatestIndustries
    ports: BotPorts

    async def ask(self, text: str, chat: int = 7, user: int = 7, kind: str = "private") -> str:
        """The bot's reply."""
        before = len(self.telegram.texts(str(chat)))
        await self.telegram.type_text(text, chat, user, kind)
        await until(lambda: len(self.telegram.texts(str(chat))) > before, 10, f"an answer to {text[:40]!r}")
        return self.telegram.texts(str(chat))[before]

    async def ask_shown(self, text: str, chat: int = 7) -> Accepted:
        """The message with the bot's reply, which the person with the chat's id asked for."""
        await self.ask(text, chat, chat)
        return next(each for each in reversed(self.telegram.accepted) if each.chat_id == str(chat))

    async def press(self, action: str, chat: int = 7, user: int = 7, kind: str = "private") -> Accepted:
        """The message after pressing the newest button with this action, or with this label."""
        shown = [each for each in self.telegram.accepted if each.chat_id == str(chat)]
        found = next((each for each in reversed(shown) if action in each.actions or action in each.labels), None)
        assert found is not None, f"no button {action!r}: {[(each.labels, each.actions) for each in shown[-2:]]}"
        at = found.actions.index(action) if action in found.actions else found.labels.index(action)
        before = len(self.telegram.accepted)
        await self.telegram.press_data(found.buttons[at], chat, user, kind, message_id=found.message_id)
        await until(lambda: len(self.telegram.accepted) > before, 10, f"a message after pressing {action!r}")
        return self.telegram.accepted[-1]

    async def gets_no_answer(self, text: str, chat: int = 7, user: int = 7, kind: str = "private") -> bool:
        """Whether the update was handled without a reply."""
        before = len(self.telegram.accepted)
        number = await self.telegram.type_text(text, chat, user, kind)
        await until(lambda: self.telegram.confirmed >= number, 10, "the update to be confirmed")
        return len(self.telegram.accepted) == before


@asynccontextmanager
async def bot_user(
    database_url: str,
    commands_minute: int = 1000,
    condition_times: ConditionTimes | None = None,
    backtest_runner: BacktestRunner | None = None,
    clock: TimeAndRandom | None = None,
    premium_channel: str = "",
    renderer: ChartRenderer | None = None,
    parser: ProcessParser | None = None,
    **more: Any,
) -> AsyncIterator[BotUser]:
    async with open_telegram() as telegram, open_database(database_url) as database, open_bot(TOKEN, telegram.base, 5) as bot:
        await list_instruments(database)
        clock = clock or TimeAndRandom()
        pictures = PictureCache(MarketTables(database), renderer) if renderer else None
        parts = wire(database, [TelegramChannel(bot, 5)], clock, pictures=pictures, tiers=more.get("tiers"))
        await parts.instruments.refresh()
        quotes, industries = LatestQuotes(), LatestIndustries()
        parser, personal = parser or ParserHere(), PersonalDataTables(database)
        stores = (parts.chats, parts.chats, ConditionTable(database), parser, parts.deliveries, parts.market, NewsTables(database))
        limiter = RateLimiter([RateLimit(1000, 1.0)], [RateLimit(1000, 1.0)])
        answers = ReplySender(bot, limiter, TimeAndRandom().ticking)
        backtests = Backtests(backtest_runner, answers.send_later, pictures) if backtest_runner else None
        paying: dict[str, Any] = {"payments": PaymentTable(database, "ko"), "members": MemberTable(database)}
        more = paying | {"stars": TelegramStars(bot)} | more
        more |= {"premium_channel": TelegramPremiumChannel(bot, premium_channel) if premium_channel else None}
        ports = BotPorts(
            *stores, quotes, industries, parts.instruments, BotAdmins(bot), clock, personal, NoticeTable(database),
            StatisticsTables(database), parts.briefings, 3, condition_times=condition_times, backtests=backtests, pictures=pictures,
            **more,
        )  # fmt: skip
        handler = CommandBot(ports, DialogTable(database, TimeAndRandom().now), commands_minute)
        polling = Polling(bot, handler, UpdateProcessor(bot, handler, answers, 4), UpdateTable(database), TimeAndRandom())
        task = asyncio.create_task(polling.run(parts.stopping))
        try:
            yield BotUser(telegram, parts, quotes, industries, ports)
        finally:
            parts.stopping.set()
            async with asyncio.timeout(20):
                await task
            if backtests:
                await backtests.close()
            await parser.close()
        assert telegram.problems == []


async def test_a_first_conversation(database_url: str) -> None:
    async with bot_user(database_url) as user:
        assert "언어를 고르면" in await user.ask("/start")
        assert "삼성전자" in await user.ask("/watch 삼성 전자, apple")
        listed = await user.ask("/list")
        assert "005930.KS" in listed
        assert "AAPL" in listed
        assert await user.parts.chats.watched(Address("telegram", "7")) == ["005930.KS", "AAPL"]
        assert "AAPL" in await user.ask("/unwatch AAPL")
        assert await user.parts.chats.watched(Address("telegram", "7")) == ["005930.KS"]
        assert "I speak English" in await user.ask("/lang en")
        assert "Watched: 1" in await user.ask("/status")
        await user.parts.chats.deactivate("telegram", "7", NOW)
        assert "not sent; /start" in await user.ask("/status"), "after the chat blocked the bot"
        await user.ask("/start")
        assert "not sent" not in await user.ask("/status")
        assert "Commands" in await user.ask("/help")


async def test_prices_and_signals_present_and_missing(database_url: str) -> None:
    async with bot_user(database_url) as user:
        assert "시세가 없습니다" in await user.ask("/price AAPL")
        await store_bars(user.parts.database, 3)
        assert "마지막 종가" in await user.ask("/price 애플")
        quote = Quote(symbol="AAPL", last_price=190.5, ts_event=NOW, ts_init=NOW, source="replay", replayed=True)
        await user.quotes.handle([Record("market.quotes.v1", 0, 0, NOW, "AAPL", quote, None)])
        answer = await user.ask("/price AAPL")
        assert "190.50 USD" in answer
        assert "2024-07-01 20:00 UTC (2024-07-02 05:00 KST)" in answer
        assert "재생 데이터" in answer
        assert "아직 신호가 없습니다" in await user.ask("/signals")
        fired = signal()
        async with user.parts.database.begin() as connection:
            row = {"id": fired.id, "symbol": "AAPL", "timeframe": "1d", "rule": fired.rule, "direction": "up", "ts_event": NOW}
            await connection.execute(signals.insert(), [row | {"body": encoding.encode(fired).decode()}])
        assert "골든크로스" in await user.ask("/signals")
        assert "투자 조언이 아닙니다" in await user.ask("/signals 애플")


async def test_industries_are_listed_shown_and_suggested(database_url: str) -> None:
    async with bot_user(database_url) as user:
        assert "아직 산업별 흐름이 없습니다" in await user.ask("/industry")
        member = IndustryMember(symbol="AAPL", against_industry=RelativeStrength(over_63=0.051))
        known = {
            "median_move": 0.0213, "above_sma_50": 0.5, "sma_50_of": 2, "signals_up": 2, "signals_down": 1, "members": (member,),
            "leaders": (Mover(symbol="AAPL", move=0.031, last_price=190.5),),
            "laggards": (Mover(symbol="<b>&", move=-0.01, last_price=5.0),),
            "signals_by_rule": (RuleCount(rule="golden_cross", up=2, down=1),),
        }  # fmt: skip
        await user.industries.handle(
            [
                industry("semiconductors", "Semiconductors", "반도체", **known),
                industry("nuclear-power", "Electricity & nuclear", "전력·원자력", replayed=False),
                industry("us", "US market", "미국 시장", kind="market", median_move=-0.01),
            ]
        )
        listed = await user.ask("/industry")
        assert listed.index("미국 시장") < listed.index("반도체") < listed.index("전력·원자력")
        assert "▲ 반도체 +2.13% (▲1 ▼0)" in listed
        assert "재생 데이터" in listed
        for text in ("반도체", "semiconductors", "Semi Conductors"):
            answer = await user.ask(f"/industry {text}")
            assert "등락률 중앙값: +2.13%" in answer
        for part in (
            "상승 1",
            "당일 거래 없음 1",
            "50일 이동평균 위: 50%",
            "애플 +3.10% (190.50 USD)",
            "애플 +5.1%",
            "▲2 ▼1 (골든크로스 3)",
        ):
            assert part in answer
        assert "&lt;b&gt;&amp; -1.00%" in answer
        assert "재생 데이터" in answer
        assert "투자 조언이 아닙니다" in answer
        assert "재생 데이터" not in await user.ask("/industry 전력 원자력")
        assert "semiconductors" in await user.ask("/industry semiconductor")
        assert "nuclear-power" in await user.ask("/industry 원자력")
        assert "/industry" in await user.ask("/industry <script>")
        await user.ask("/lang en")
        assert "Electricity &amp; nuclear" in await user.ask("/industry nuclear-power")
        await user.industries.handle([industry("us", "US market", "미국 시장", kind="market", median_move=0.5, ts_event=NOW - 1)])
        assert "-1.00%" in await user.ask("/industry us market")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/price APPL", "AAPL"),
        ("/watch 삼성전저", "005930.KS"),
        ("/wach AAPL", "/watch"),
        ("/xyzzy", "/help"),
        ("hello there", "/help"),
        ("/mute whenever", "/mute 1h"),
        ("/watch", "/watch AAPL"),
        ("/rules off nonsense", "nonsense"),
    ],
)
async def test_unknown_input_gets_a_helpful_answer(database_url: str, text: str, expected: str) -> None:
    async with bot_user(database_url) as user:
        assert expected in await user.ask(text)


async def test_names_and_commands_are_understood_in_any_form_of_unicode(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask(unicodedata.normalize("NFD", "/watch 삼성전자"))
        assert await user.parts.chats.watched(Address("telegram", "7")) == ["005930.KS"]
        await user.ask("／ｗａｔｃｈ　ＡＡＰＬ")
        assert await user.parts.chats.watched(Address("telegram", "7")) == ["005930.KS", "AAPL"]
        assert "AAPL" in await user.ask("/price a\u200bapl\u202e")
        assert "끕니다" in await user.ask(unicodedata.normalize("NFD", "/mute １시간"))
        await user.ask(unicodedata.normalize("NFD", "/alert ｒｓｉ＿１４ ＜ ３０ for 삼성전자"))
        assert "rsi_14 &lt; 30 on 1d" in await user.ask("/alerts 1")
        assert "close &gt; 3 4\n          ^" in await user.ask("/alert ｃｌｏｓｅ　＞　３　４")
        assert "지웠습니다" in await user.ask("/unalert ＃１")
        await user.ask(unicodedata.normalize("NFD", "/unwatch 전체"))
        assert await user.parts.chats.watched(Address("telegram", "7")) == []


HOSTILE = {
    "markup": "/price <b>x</b> <script>&lt;",
    "giant": "/watch " + "A" * 4000,
    "control": "/price \x00\x07AAPL\u202e\u200f",
    "many": "/watch " + " ".join(f"X{i}" for i in range(500)),
    "format": "/price {0} {name} %s",
    "combining": "/price " + "a\u0301\u0302" * 500,
    "newlines": "/price\n\n\n<i>",
    "digits": "/alert x" + "1" * 400 + "x > 1",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_text_is_answered_and_does_no_harm(database_url: str, name: str) -> None:
    async with bot_user(database_url) as user:
        answer = await user.ask(HOSTILE[name])
        assert "<script>" not in answer
        assert "도움말" in await user.ask("/start")


async def test_a_flood_gets_one_warning_and_others_are_answered(database_url: str) -> None:
    async with bot_user(database_url, commands_minute=5) as user:
        for _ in range(20):
            last = await user.telegram.type_text("/help")
        await until(lambda: user.telegram.confirmed >= last)
        assert len(user.telegram.texts("7")) == 6
        assert "너무 많습니다" in user.telegram.texts("7")[-1]
        assert "/price" in await user.ask("/help", chat=8, user=8)


async def test_in_groups_only_administrators_change_settings(database_url: str) -> None:
    async with bot_user(database_url) as user:
        assert "관리자" in await user.ask("/watch AAPL", -5, 1, "supergroup")
        assert await user.parts.chats.get("telegram", "-5") is None
        user.telegram.admins.add(("-5", "2"))
        assert "추가" in await user.ask("/watch AAPL", -5, 2, "supergroup")
        assert "AAPL" in await user.ask("/list", -5, 1, "supergroup")
        assert await user.gets_no_answer("just talking", -5, 1, "supergroup")
        assert await user.gets_no_answer("/watch@some_other_bot AAPL", -5, 2, "supergroup")


async def test_the_user_who_added_the_bot_may_change_the_group(database_url: str) -> None:
    async with bot_user(database_url) as user:
        bot = {"id": 4242424242, "is_bot": True, "first_name": "B"}
        old, new = {"status": "left", "user": bot}, {"status": "member", "user": bot}
        group = {"id": -6, "type": "group", "title": "G"}
        adder = {"id": 9, "is_bot": False, "first_name": "P"}
        added = {"chat": group, "from": adder, "date": 1700000000, "old_chat_member": old, "new_chat_member": new}
        number = await user.telegram.update(my_chat_member=added)
        await until(lambda: user.telegram.confirmed >= number)
        assert "추가" in await user.ask("/watch AAPL", -6, 9, "group")
        number = await user.telegram.update(my_chat_member=added | {"old_chat_member": new, "new_chat_member": old})
        await until(lambda: user.telegram.confirmed >= number)
        found = await user.parts.chats.get("telegram", "-6")
        assert found is not None
        assert not found.active


async def test_buttons_have_the_effect_of_their_commands(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/start")
        await user.telegram.press_button("settings")
        await until(lambda: len(user.telegram.accepted) == 2)
        assert "settings unproven on" in user.telegram.accepted[-1].actions
        await user.telegram.press_button("settings unproven on")
        await user.telegram.press_button("settings provisional on")
        await user.telegram.press_button("lang en")
        number = await user.telegram.press_button("mute 1h")
        await until(lambda: user.telegram.confirmed >= number)
        found = await user.parts.chats.get("telegram", "7")
        assert found is not None
        assert (found.unvalidated, found.language, found.muted_until > 0) == (True, "en", True)
        assert found.wants_provisional
        await user.ask("/rules off all")
        found = await user.parts.chats.get("telegram", "7")
        assert found is not None
        assert found.wants_provisional


async def test_quality_shows_the_most_specific_record_with_enough_evidence(database_url: str) -> None:
    async with bot_user(database_url) as user:
        assert "/quality golden_cross AAPL" in await user.ask("/quality")
        assert "nonsense" in await user.ask("/quality nonsense")
        assert "없습니다" in await user.ask("/quality golden_cross")
        chance = replace(QUALITY, validated=False, horizon_bars=5, mean_return=0.003, base_rate=0.002, n=431, dates=381)
        of = {
            "1": replace(chance, level="all", group="*", effective_n=300),
            "2": replace(QUALITY, level="instrument", group="AAPL", effective_n=52),
            "3": replace(QUALITY, level="instrument", group="005930.KS", effective_n=29),
        }
        async with user.parts.database.begin() as connection:
            await connection.execute(signal_quality.insert(), [quality_row(id_, each) for id_, each in of.items()])
        await user.ask("/lang en")
        whole = await user.ask("/quality golden_cross")
        assert "no better than chance so far: +0.3% in 5 days, any day +0.2% (n = 431 on 381 days) [all instruments]" in whole
        assert "Not investment advice" in whole
        own = await user.ask("/quality golden_cross apple")
        assert "✅ ▲ (50, 200)" in own
        assert "past 10 years, out of sample: 61% of 84, +2.1% in 20 days, worst -7% [AAPL alone]" in own
        assert "[all instruments]" in await user.ask("/quality golden_cross 005930.KS")


def quality_row(id_: str, quality: SignalQuality) -> dict[str, Any]:
    about = {"rule": "golden_cross", "params": "fast=50,slow=200", "direction": "up", "timeframe": "1d"}
    of = {"level": quality.level, "group_name": quality.group, "horizon": quality.horizon_bars, "validated": quality.validated}
    body = msgspec.json.encode(quality).decode()
    return about | of | {"id": id_, "shown": True, "as_of": 1, "quality": body, "updated_at": 1}


async def test_rule_types_are_chosen_per_chat(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/rules off all")
        answer = await user.ask("/rules on golden_cross")
        assert "✅ <code>golden_cross</code>" in answer
        assert "▫️ <code>rsi_mid</code>" in answer
        found = await user.parts.chats.get("telegram", "7")
        assert found is not None
        assert found.rules == {"*": False, "golden_cross": True}


async def test_the_watchlist_is_bounded(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.parts.chats.watch(Address("telegram", "7"), ["A", "B"], NOW)
        assert "3개까지" in await user.ask("/watch AAPL, 005930.KS")
        assert len(await user.parts.chats.watched(Address("telegram", "7"))) == 3


async def test_an_update_that_cannot_be_decoded_is_skipped(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.telegram.update(message={"message_id": "not a number", "chat": []})
        assert "/price" in await user.ask("/help")


async def test_polling_continues_after_another_process_used_the_token(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/help")
        async with open_bot(TOKEN, user.telegram.base, 5) as rival:
            await rival.get_updates(timeout=0)
        assert "/price" in await user.ask("/help")


async def test_a_reply_with_retry_after_is_sent_once_more(database_url: str) -> None:
    async with bot_user(database_url) as user:
        user.telegram.faults.append(Fault("429", 1))
        assert "추가" in await user.ask("/watch AAPL")
        assert user.telegram.calls.count("sendMessage") == 2
        assert "AAPL" in await user.ask("/list")
        assert len(user.telegram.texts()) == 2


@pytest.mark.parametrize(("faults", "tries"), [([Fault("429", 1)] * 2, 2), ([Fault("429", 31)], 1)], ids=["twice", "too long"])
async def test_a_reply_with_a_second_or_a_long_retry_after_is_dropped(database_url: str, faults: list[Fault], tries: int) -> None:
    async with bot_user(database_url) as user:
        user.telegram.faults.extend(faults)
        assert await user.gets_no_answer("/help")
        assert user.telegram.calls.count("sendMessage") == tries
