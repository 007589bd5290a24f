from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from shared.events import Tick
from shared.failures import TransientError
from shared.kafka import Producer, Record, open_group_consumer, open_producer
from shared.settings import MeshSettings
from shared.topics import TICKS
from tests.servers import Broker
from tests.shared.test_kafka_group import tick
from tests.until import until


@pytest.mark.kill
async def test_a_broker_that_is_killed_loses_nothing_that_was_acknowledged(own_kafka: Broker) -> None:
    settings = MeshSettings(kafka_bootstrap=own_kafka.bootstrap, kafka_session_ms=10_000, _env_file=None)
    acknowledged: set[int] = set()
    received: set[int] = set()
    stopping, publishing = asyncio.Event(), asyncio.Event()

    async def publish(producer: Producer) -> None:
        i = 0
        while not publishing.is_set():
            batch = [(f"S{n % 5}", tick(n, f"S{n % 5}")) for n in range(i, i + 50)]
            try:
                await producer.publish_many(TICKS, batch)
            except TransientError:
                continue  # the same batch again, until it is acknowledged
            acknowledged.update(event.seq for _, event in batch)
            i += 50
            await asyncio.sleep(0.01)  # a steady stream

    async def handle(records: Sequence[Record[Tick]]) -> None:
        received.update(record.event.seq for record in records)

    async with (
        open_producer(settings, "outage") as producer,
        open_group_consumer(settings, [TICKS], "outage", producer) as consumer,
    ):
        consuming = asyncio.create_task(consumer.run(handle, stopping))
        sending = asyncio.create_task(publish(producer))
        await until(lambda: len(received) > 500, seconds=30)
        own_kafka.kill()
        before = len(acknowledged)
        await own_kafka.restart()
        await until(lambda: len(acknowledged) > before + 500, seconds=90)
        publishing.set()
        await asyncio.wait_for(sending, 60)
        await until(lambda: acknowledged <= received, seconds=60)
        stopping.set()
        await asyncio.wait_for(consuming, 30)
