"""/analyze, /compare, /top and /chart on stored bars; unknown values are left out."""

from __future__ import annotations

import math

import pytest

from services.notifier.domain.analysis import correlation, facts
from services.notifier.domain.charts import ChartBar
from shared.events import IndustryMember, Mover
from tests.databases import on_sqlite
from tests.notifier.parts import NOW, industry, store_bars
from tests.notifier.test_bot import bot_user
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
        answer = await user.ask("/analyze apple")
        for part in ("Trend: up", "overbought", "52-week high", "Golden cross", "Industry Phones: +1.00%", "Not investment advice"):
            assert part in answer
        assert "Last close" in await user.ask("/chart apple 1d")
        assert "No price has come in yet" in await user.ask("/chart apple 1h")
        assert "AAPL" in await user.ask("/chart APPL")
        together = await user.ask("/compare AAPL, 삼성전자")
        assert "Correlation: 1.00" in together
        assert "/ " in together
        assert "two instruments" in await user.ask("/compare AAPL")
        assert "/analyze AAPL" in await user.ask("/analyze")


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
