"""The examples of docs/conditions.md as users' conditions, live: each fires on the bars on which history says that it held.

Some of them are among the conditions of ``tests/research/recorded.py``, which compares an engine with history.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from services.analysis.research.answers import histories
from services.analysis.research.settings import ResearchSettings
from services.notifier.adapters.chats import ChatTables
from services.notifier.adapters.conditions import ConditionTable
from services.notifier.domain.recipients import Chat
from shared.conditions import parse
from shared.db import Database, open_database
from shared.topics import SIGNALS
from tests.analysis.expected import listed
from tests.analysis.running import Stage
from tests.analysis.tape import tape
from tests.analysis.test_live import settled
from tests.analysis.test_user_conditions import alert
from tests.research.role import ROOT, job
from tests.servers import Broker

PAGE = Path(__file__).parents[2] / "docs" / "conditions.md"
EXAMPLES = (
    "rsi_14 < 30 and close > sma_200 and volume > 2 * volume_sma_20",
    "rsi_14[1h] < 30 and close > sma_200[1d]",
    "close > prev(highest(high, 20)) and golden_cross within 10 bars",
    "rsi_14 < 30 for 3 bars and close[^VIX, 1d] > 25",
    "종가가 200일선 이상이고 RSI 30 이하",
    "stochastic oversold",
    "RSI is not overbought",
    "below the Bollinger bands",
    "RSI climbing out of oversold",
    "20일선의 2% 이내",
    "high > prev(highest(high, 20))",
    "거래량 전일대비 200% 이상",
    "bullish_engulfing",
    "inside bar",
    "정배열",
    "5일선, 20일선 위",
    "rsi_14 < 30 or close > sma_200",
    "not close > open",
    "200일선 돌파",
    "time > 15:30",
)
FIRING = 12
"""At least so many fire on the tape; the others need longer averages, or another instrument."""


def texts() -> list[str]:
    """The normal forms, on bars of which the tape has many."""
    return [parse(f"{example} on 15m").text for example in EXAMPLES]


def test_the_examples_are_those_of_the_page() -> None:
    page = PAGE.read_text("utf-8")
    assert [example for example in EXAMPLES if example not in page] == []


@pytest.mark.thorough
async def test_each_example_fires_live_where_history_says_that_it_held(kafka: Broker, database_url: str, tmp_path: Path) -> None:
    symbols = [f"EX{database_url[0].upper()}{number}" for number in (1, 2)]  # of this run alone
    stage = Stage(kafka.bootstrap, database_url, tmp_path, {"CONDITIONS_SECONDS": "0.1"})
    await stage.list_instruments(listed(symbols))
    async with open_database(database_url) as database:
        await ChatTables(database).save(Chat("telegram", "7"), 0)
        for text in texts():
            await ConditionTable(database).add(alert(text, "7", scope="symbols", targets=tuple(symbols)), 0)
        try:
            live = stage.start("one")
            await stage.feed(tape(symbols, 8, heartbeat_rounds=60, first=10))
            await settled(stage, live)
            fired: dict[tuple[str, str], list[int]] = {}
            for signal in await stage.read(SIGNALS):
                if signal.symbol in symbols and signal.condition and not signal.provisional:
                    fired.setdefault((signal.condition, signal.symbol), []).append(signal.ts_event)
            assert live.stop() == 0, live.text()[-3000:]
        finally:
            stage.end()
        held = await in_history(database, database_url, symbols)
    assert {key: sorted(times)[::-1][:100] for key, times in fired.items()} == {key: times for key, times in held.items() if times}
    assert len({text for text, _ in fired}) >= FIRING


async def in_history(database: Database, url: str, symbols: Sequence[str]) -> dict[tuple[str, str], list[int]]:
    """The newest bars on which each example held, for each symbol."""
    settings = ResearchSettings(database_url=url, cache=ROOT / ".cache")
    async with AsyncExitStack() as stack:
        evaluator = histories(settings, database, stack).conditions
        answers = [await evaluator.evaluate(job(text, *symbols)) for text in texts()]
    assert [answer.error for answer in answers if answer.error] == []
    return {(answer.condition, each.symbol): [*each.newest] for answer in answers for each in answer.symbols}
