"""Events are published in order, again if they were not acknowledged, and never before earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from services.analysis.live.adapters.instruments import READ_AGAIN_SECONDS, InstrumentTable
from services.analysis.live.domain.engine import ListedInstrument
from services.analysis.live.domain.engine_outcome import EngineOutcome
from services.analysis.live.handlers.publish_queue import AT_A_TIME, PublishQueue
from shared.db import open_database
from shared.events import Bar, Quote, Timeframe
from shared.failures import TransientError
from shared.tables import instruments


class Broker:
    """Refuses for a while."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.sent: dict[str, list[Any]] = {}

    async def publish_many(self, topic: Any, events: Sequence[tuple[str, Any]], *, traceparent: str | None = None) -> None:  # noqa: ARG002
        if topic.name == "market.bars.v1" and self.refusals:
            self.refusals -= 1
            raise TransientError("no ack")
        self.sent.setdefault(topic.name, []).extend(event for _, event in events)


def bar(number: int) -> Bar:
    return Bar(
        symbol="AAA",
        timeframe=Timeframe.M1,
        ts_open=number,
        ts_event=number + 1,
        ts_init=1,
        session=1,
        open=1,
        high=1,
        low=1,
        close=1,
        volume=0,
    )


def quote(price: float) -> Quote:
    return Quote(symbol="AAA", last_price=price, ts_event=1, ts_init=1, source="test")


async def test_everything_is_acknowledged_in_order_after_a_drain() -> None:
    broker = Broker()
    queue = PublishQueue("1", broker, lambda: 0)
    bars = [bar(number) for number in range(3 * AT_A_TIME)]
    for first in range(0, len(bars), 100):
        queue.put(EngineOutcome(bars=bars[first : first + 100]), 0)
    await queue.drain()
    assert broker.sent["market.bars.v1"] == bars
    assert len(queue) == 0


async def test_unacknowledged_events_are_sent_again_before_the_rest() -> None:
    broker = Broker(refusals=2)
    queue = PublishQueue("1", broker, lambda: 0)
    queue.put(EngineOutcome(bars=[bar(1), bar(2)], quotes=[quote(1.0)]), 0)
    with pytest.raises(TransientError):
        await queue.drain()
    assert queue.has_failed
    queue.put(EngineOutcome(bars=[bar(3)], quotes=[quote(2.0)]), 0)
    with pytest.raises(TransientError):
        await queue.drain()
    await queue.drain()
    assert broker.sent["market.bars.v1"] == [bar(1), bar(2), bar(3)]
    assert broker.sent["market.quotes.v1"][-1] == quote(2.0)
    assert not queue.has_failed


async def test_a_newer_quote_replaces_one_that_waits() -> None:
    broker = Broker()
    queue = PublishQueue("1", broker, lambda: 0)
    queue.put(EngineOutcome(quotes=[quote(1.0)]), 0)
    queue.put(EngineOutcome(quotes=[quote(2.0)]), 0)
    await queue.drain()
    assert broker.sent["market.quotes.v1"] == [quote(2.0)]


async def test_dropped_events_are_never_sent() -> None:
    broker = Broker(refusals=1)
    queue = PublishQueue("1", broker, lambda: 0)
    queue.put(EngineOutcome(bars=[bar(1)]), 0)
    with pytest.raises(TransientError):
        await queue.drain()
    await queue.drop()
    await queue.drain()
    assert broker.sent == {}


async def test_an_unknown_symbol_is_looked_up_at_most_every_few_seconds(database_url: str) -> None:
    now = [100.0]
    async with open_database(database_url) as database:
        table = InstrumentTable(database, lambda: now[0])
        assert not await table.look_up(["AAA"])
        row = {
            "symbol": "AAA",
            "name_en": "",
            "name_ko": "",
            "exchange": "NYSE",
            "currency": "USD",
            "kind": "stock",
            "aliases": "[]",
        }
        async with database.begin() as connection:
            await connection.execute(database.upsert(instruments, [row]), [row])
        assert not await table.look_up(["AAA"])  # read a moment ago
        now[0] += READ_AGAIN_SECONDS
        assert await table.look_up(["AAA"])
        assert table.listed == {"AAA": ListedInstrument("NYSE", "stock")}
