"""The consumers on a real broker: they resume after a crash, keep each event once, and make a frame of features."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from examples import consume_aiokafka, consume_confluent
from examples.feature_frame import feature_frame
from examples.inbox import Inbox, Message
from shared import events
from shared.kafka import open_producer
from shared.settings import MeshSettings
from shared.topics import Topic
from tests.gateway import market
from tests.servers import Broker

pytestmark = pytest.mark.kafka
Consume = Callable[..., int]


class KilledError(Exception):
    """The program ends here."""


def by_aiokafka(*given: Any, **more: Any) -> int:
    return asyncio.run(consume_aiokafka.consume(*given, **more))


async def new_topic(broker: Broker) -> Topic[Any]:
    """An empty topic with two partitions."""
    topic: Topic[Any] = Topic(f"examples.{uuid.uuid4().hex}", (events.Signal, events.IndicatorRow), "symbol", "", ())
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic.name, 2, 1)])
    finally:
        await admin.close()
    return topic


async def publish(broker: Broker, topic: Topic[Any], found: Sequence[Any]) -> None:
    async with open_producer(MeshSettings(kafka_bootstrap=broker.bootstrap), "test") as producer:
        await producer.publish_many(topic, [(each.symbol, each) for each in found])


def bodies(file: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(file)) as database:
        return {name: json.loads(body) for name, body in database.execute("SELECT id, body FROM events")}


@pytest.mark.parametrize("consume", [by_aiokafka, consume_confluent.consume], ids=["aiokafka", "confluent"])
async def test_a_consumer_resumes_after_a_crash_and_keeps_each_event_once(
    kafka: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, consume: Consume
) -> None:
    topic, file = await new_topic(kafka), tmp_path / "events.db"
    signals = [market.signal(symbol, n) for n in range(30) for symbol in ("AAPL", "NVDA", "JPM")]
    again = [market.signal("AAPL", 7, quality=market.quality(n=5))]  # the same signal with a newer record
    await publish(kafka, topic, [*signals, *signals[10:20], *again])
    taken = 0
    take = Inbox.take

    def dies(inbox: Inbox, messages: Any) -> int:
        """The third transaction does not end."""
        nonlocal taken
        taken += 1
        rows: list[Message] = list(messages)
        if taken == 3 and rows:
            raise KilledError
        return take(inbox, rows)

    monkeypatch.setattr(Inbox, "take", dies)
    with pytest.raises(KilledError):
        await asyncio.to_thread(consume, kafka.bootstrap, topic.name, file, most=7)
    before = len(bodies(file))
    assert 0 < before < len(signals)
    taken = 10
    assert await asyncio.to_thread(consume, kafka.bootstrap, topic.name, file) == len(signals) - before
    assert set(bodies(file)) == {signal.id for signal in signals}
    assert bodies(file)[again[0].id]["quality"]["n"] == 5
    assert await asyncio.to_thread(consume, kafka.bootstrap, topic.name, file) == 0
    await publish(kafka, topic, [market.signal("AAPL", 100)])
    assert await asyncio.to_thread(consume, kafka.bootstrap, topic.name, file) == 1


async def test_a_frame_of_features_has_a_row_for_each_bar(kafka: Broker, tmp_path: Path) -> None:
    topic, file = await new_topic(kafka), tmp_path / "rows.db"
    rows = [market.indicators(symbol, n) for n in range(25) for symbol in ("AAPL", "NVDA")]
    other = market.indicators("AAPL", 3, events.Timeframe.H1)
    corrected = market.indicators("AAPL", 20, close=7.0)
    await publish(kafka, topic, [*rows, other, corrected])
    await consume_aiokafka.consume(kafka.bootstrap, topic.name, file)
    frame = feature_frame(file, "1d")
    assert list(frame.columns) == ["close", "sma_20", "sma_50", "sma_200", "rsi_14"]
    assert frame.shape == (50, 5)
    at = pd.Timestamp(corrected.ts_event, unit="ms", tz="UTC")
    assert frame.loc[("AAPL", at), "close"] == 7.0
    assert frame.loc["NVDA", "sma_20"].isna().sum() == 20, "not warmed up is not 0"
    assert frame.loc[("NVDA", at), "sma_20"] == market.indicators("NVDA", 20).values["sma_20"]
