"""One person's first month with the bot, through the stand-in, in both languages: each step builds on the one before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from services.notifier.adapters.conditions import ConditionTable
from services.notifier.domain.pacing import FIRST, SHORT_INTERVAL
from services.notifier.domain.telegram_html import plain
from shared.events import Signal
from tests.databases import on_sqlite
from tests.notifier.parts import NOW, ManualClock, records, signal
from tests.notifier.telegram.server import Accepted
from tests.notifier.test_bot import BotUser
from tests.notifier.test_briefings import schedule, store_market
from tests.notifier.test_premium import buy, customer
from tests.notifier.test_setup import first_steps, list_industries, store_signal
from tests.until import until

GROUP = -100500
TOPIC = {"message_thread_id": 42, "is_topic_message": True}
EVENT: dict[str, Any] = {"rule": "gap", "params": {"move": 0.01}}
WORDS = {
    "ko": {"zone": "어디에", "industries": "아는 산업", "industry": "반도체", "instruments": "초성", "samsung": "삼성전자",
           "done": "골든크로스", "set": "등록", "advice": "투자 조언이 아닙니다", "why": "❓ 왜 왔나요",
           "watched": "관심 종목", "digest": "📦 신호 2개", "muted": "알림을 끕니다", "unmuted": "다시 켰습니다",
           "briefing": "미국 시장: 2024년 7월 1일", "need": "백테스트는 프리미엄", "thanks": "별 250개를 받았습니다",
           "gone": "그룹의 토픽(42번)"},
    "en": {"zone": "Where are you", "industries": "Invest only in what you know", "industry": "Semiconductors",
           "instruments": "ticker", "samsung": "Samsung Electronics", "done": "Golden cross", "set": "Your alert is set",
           "advice": "Not investment advice", "why": "❓ Why?", "watched": "you watch it",
           "digest": "📦 2 signals", "muted": "Alerts are muted until", "unmuted": "Alerts are on again",
           "briefing": "US market: Mon, Jul 1, 2024", "need": "Backtests need premium", "thanks": "Thank you! 250 ⭐",
           "gone": "A topic of your group (number 42)"},
}  # fmt: skip


@dataclass
class Story:
    """A person, what happens at the market, and the words of a language."""

    user: BotUser
    clock: ManualClock
    words: dict[str, str]

    def signal(self, number: int, **more: Any) -> Signal:
        """A signal that fires now."""
        return signal(number, ts_init=NOW + int(self.clock.at * 1000), **more)

    async def happens(self, *fired: Signal) -> None:
        """The signals arrive from Kafka."""
        await self.user.parts.fan_out.handle(records(fired))

    async def gets(self, part: str, chat: int = 7) -> Accepted:
        """The message to a chat that has ``part`` in its text."""

        def found() -> Accepted | None:
            messages = [each for each in self.user.telegram.accepted if each.chat_id == str(chat)]
            return next((each for each in messages if part in plain(each.text)), None)

        return await until(found, 20, f"a message with {part!r}")

    def count(self, chat: int = 7) -> int:
        """Messages to a chat so far."""
        return len(self.user.telegram.texts(str(chat)))


@asynccontextmanager
async def told(database_url: str, language: str) -> AsyncIterator[Story]:
    async with customer(database_url) as (user, clock):
        await list_industries(user.parts.database)
        await store_market(user.parts.database)
        await store_signal(user.parts.database)
        await user.parts.instruments.refresh()
        async with user.parts.sending():
            yield Story(user, clock, WORDS[language])


@on_sqlite
@pytest.mark.parametrize("language", ["ko", pytest.param("en", marks=pytest.mark.thorough)])
async def test_the_bot_from_the_first_minute_to_a_group(database_url: str, language: str) -> None:
    async with told(database_url, language) as story:
        await first_steps(story.user, language, story.words)
        await an_own_alert(story)
        await a_signal_and_its_reason(story)
        await many_signals_become_a_digest(story)
        await muted(story)
        await a_briefing(story)
        await premium(story)
        await a_group_with_topics(story)


async def an_own_alert(story: Story) -> None:
    assert story.words["set"] in await story.user.ask("/alert AAPL above 200")
    (alert,) = await ConditionTable(story.user.parts.database).for_chat("telegram", "7")
    fires: dict[str, Any] = {
        "rule": "condition",
        "params": {},
        "level": None,
        "condition": alert.text,
        "timeframe": alert.timeframe,
        "price": 201.5,
    }
    await story.happens(story.signal(1, **fires))
    message = await story.gets("201.50 USD")
    assert story.words["advice"] in message.text
    before = story.count()
    await story.happens(story.signal(2, **fires))
    await story.user.ask("/alerts")
    assert "alerts 1 resume" in (await story.user.press("#1")).actions, "it was for once, and rests"
    assert story.count() == before + 2, "the list and the screen of the alert, and no second alert"


async def a_signal_and_its_reason(story: Story) -> None:
    fired = story.signal(3, price=183.25, **EVENT)
    await store_signal(story.user.parts.database, **{**EVENT, "number": 3, "price": 183.25})
    await story.happens(fired)
    message = await story.gets("183.25 USD")
    assert f"why {fired.id}" in message.actions
    assert story.words["watched"] in (await story.user.press(f"why {fired.id}")).text


async def many_signals_become_a_digest(story: Story) -> None:
    for number in range(10, 9 + FIRST):
        await story.happens(story.signal(number, price=200.0 + number, **EVENT))
        await story.gets(f"{200 + number}.00 USD")
    before = story.count()
    await story.happens(story.signal(30, **EVENT), story.signal(31, **EVENT))
    rows = await story.user.parts.rows()
    assert sum(row.status == "sent" for row in rows) == FIRST + 1, "six of rules, and the own alert"
    story.clock.at += SHORT_INTERVAL / 1000
    story.user.parts.sender.wake()
    await story.gets(story.words["digest"])
    assert story.count() == before + 1


async def muted(story: Story) -> None:
    assert story.words["muted"] in await story.user.ask("/mute 2h")
    await story.happens(story.signal(40, **EVENT))
    assert (await story.user.parts.statuses())["muted"] == 1
    assert story.words["unmuted"] in await story.user.ask("/mute off")


async def a_briefing(story: Story) -> None:
    await story.user.ask("/settings briefings daily")
    story.clock.at = 3600.0
    await schedule(story.user.parts, story.clock).once()
    await story.gets(story.words["briefing"])


async def premium(story: Story) -> None:
    assert story.words["need"] in await story.user.ask("/backtest AAPL rsi_14 < 30")
    await buy(story.user)
    await story.gets(story.words["thanks"])
    assert story.words["need"] not in await story.user.ask("/backtest AAPL rsi_14 < 30")


async def a_group_with_topics(story: Story) -> None:
    telegram = story.user.telegram
    telegram.topics[str(GROUP), 42] = ""
    person, bot = {"id": 7, "is_bot": False, "first_name": "P"}, {"id": 4242424242, "is_bot": True, "first_name": "B"}
    group = {"id": GROUP, "type": "supergroup", "title": "G"}
    states = {"old_chat_member": {"status": "left", "user": bot}, "new_chat_member": {"status": "member", "user": bot}}
    await telegram.update(my_chat_member={"chat": group, "from": person, "date": 1700000000, **states})
    await telegram.type_text("/watch MSFT", GROUP, 7, "supergroup", **TOPIC)
    await until(lambda: story.count(GROUP) == 1, 20, "the answer in the topic")
    await story.happens(story.signal(50, symbol="MSFT", price=411.5, **EVENT))
    assert (await story.gets("411.50 USD", GROUP)).thread == 42
    telegram.topics[str(GROUP), 42] = "TOPIC_CLOSED"
    await story.happens(story.signal(51, symbol="MSFT", price=412.75, **EVENT))
    assert (await story.gets("412.75 USD", GROUP)).thread == 0, "a closed topic: to the group itself"
    await story.gets(story.words["gone"])
