"""/analyze, /compare, /top and /chart on stored bars; unknown values are left out."""

from __future__ import annotations

import math

import msgspec
import pytest
from msgspec.structs import replace

from services.notifier.domain.analysis import correlation, facts
from services.notifier.domain.charts import ChartBar
from services.notifier.domain.telegram_html import CAPTION_LIMIT, visible
from shared import wire as encoding
from shared.events import IndustryMember, Mover
from shared.tables import patterns, stories, story_labels
from tests.databases import on_sqlite
from tests.notifier.parts import NOW, industry, store_bars
from tests.notifier.telegram.faults import Fault
from tests.notifier.test_bot import bot_user
from tests.notifier.test_briefings import story
from tests.notifier.test_pictures import PATTERN, CountingRenderer
from tests.notifier.test_setup import store_signal

DAY = 86_400_000


def rising(count: int, step: float = 1.0) -> list[ChartBar]:
    closes = [100 + step * i + math.sin(i) for i in range(count)]
    return [ChartBar(NOW + i * DAY, close, close + 1, close - 1, close, 1e6 + i) for i, close in enumerate(closes)]


def test_facts_of_many_and_of_few_bars() -> None:
    many = facts(rising(300))
    assert many is not None
    assert many.trend == "up"
    assert many.changes[0] == pytest.approx(many.close / rising(300)[-6].close - 1)
    assert many.rsi is not None
    assert many.rsi > 70
    assert many.from_high is not None
    assert -0.01 < many.from_high <= 0
    assert many.volume_ratio == pytest.approx(1.0, abs=1e-3)
    few = facts(rising(10))
    assert few is not None
    assert (few.trend, few.rsi, few.from_high, few.volume_ratio, few.volatility) == (None, None, None, None, None)
    assert few.changes[1:] == (None, None, None)
    assert facts([]) is None
    crashed = facts([ChartBar(NOW + i * DAY, -1.0, 1.0, -2.0, -1.5, None) for i in range(300)])
    assert crashed is not None
    assert crashed.changes == (None,) * 4, "a change from a negative price is no number"


def test_correlation_is_of_common_days() -> None:
    first = rising(80)
    found = correlation(first, first)
    assert found is not None
    assert (round(found[0], 9), found[1]) == (1.0, 79)
    assert correlation(first, first[:20]) is None
    flat = [ChartBar(bar.ts_event, 5.0, 5.0, 5.0, 5.0, 1.0) for bar in first]
    assert correlation(first, flat) is None


@on_sqlite
async def test_an_instrument_is_analysed_charted_and_compared(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/lang en")
        assert "No price has come in yet" in await user.ask("/analyze AAPL")
        await store_bars(user.parts.database, 300)
        await store_bars(user.parts.database, 300, "005930.KS")
        await store_signal(user.parts.database)
        member = IndustryMember(symbol="AAPL")
        await user.industries.handle([industry("phones", "Phones", "휴대폰", median_move=0.01, members=(member,))])
        found = replace(PATTERN, status="forming", level=185.0)
        row = {"id": "p", "symbol": "AAPL", "timeframe": "1d", "pattern": found.pattern, "direction": "up", "status": "forming"}
        told = story(0.8, "AAPL")
        stored = {"id": told.id, "revision": 1, "first_seen": told.first_seen, "language": "en", "category": "company"}
        stored |= {"importance": 0.8, "search": "", "body": encoding.encode(told).decode(), "pending": False}
        async with user.parts.database.begin() as connection:
            body = msgspec.json.encode(found).decode()
            await connection.execute(patterns.insert(), [row | {"ts_event": NOW, "body": body}])
            await connection.execute(patterns.insert(), [row | {"id": "q", "status": "failed", "ts_event": NOW, "body": body}])
            await connection.execute(stories.insert(), [stored])
            label = {"story_id": told.id, "kind": "symbol", "name": "AAPL", "first_seen": told.first_seen}
            await connection.execute(story_labels.insert(), [label])
        answer = await user.ask("/analyze apple")
        assert visible(answer) <= CAPTION_LIMIT
        assert answer.count("Double bottom") == 1, "a pattern that failed is not shown"
        for part in ("Trend: up", "overbought", "52-week high", "Golden cross", "Industry Phones: +1.00%", "Not investment advice",
                     "Forming: Double bottom · daily, breaks out at 185.00 USD", "Chips &amp; phones"):  # fmt: skip
            assert part in answer
        assert "Last close" in await user.ask("/chart apple 1d")
        assert "No 1-hour bars are stored yet" in await user.ask("/chart apple 1h")
        assert "There are no '3d' bars. There are: 1m, 5m" in await user.ask("/chart apple 3d")
        assert "AAPL" in await user.ask("/chart APPL")
        together = await user.ask("/compare AAPL, 삼성전자")
        assert "Correlation: 1.00" in together
        assert "/ " in together
        assert "two instruments" in await user.ask("/compare AAPL")
        assert "/analyze AAPL" in await user.ask("/analyze")


REFUSED = (
    Fault("400", text="Bad Request: not enough rights to send photos to the chat"),
    Fault("400", text="Bad Request: PHOTO_INVALID_DIMENSIONS"),
    Fault("413"),
)


@on_sqlite
async def test_an_answer_whose_picture_is_refused_comes_as_text(database_url: str) -> None:
    async with bot_user(database_url, renderer=CountingRenderer()) as user:
        await store_bars(user.parts.database, 30)
        for fault in REFUSED:
            user.telegram.faults.append(fault)
            assert "AAPL" in await user.ask("/chart AAPL")
            assert user.telegram.accepted[-1].method == "sendMessage"
        await user.ask("/chart AAPL")
        assert user.telegram.accepted[-1].method == "sendPhoto"


@on_sqlite
async def test_the_industries_that_move_most(database_url: str) -> None:
    async with bot_user(database_url) as user:
        await user.ask("/lang en")
        assert "No industry has prices yet" in await user.ask("/top")
        leader = Mover(symbol="AAPL", move=0.031, last_price=190.5)
        found = [industry(f"i{n}", f"Industry {n}", f"산업 {n}", median_move=n / 100, leaders=(leader,)) for n in range(-4, 4)]
        await user.industries.handle([*found, industry("us", "US market", "미국", kind="market", median_move=0.9)])
        answer = await user.ask("/top")
        assert answer.index("Industry 3") < answer.index("Industry 2") < answer.index("fell most") < answer.index("Industry -4")
        assert "+3.00% Industry 3 · Apple Inc. +3.10%" in answer
        assert "US market" not in answer
