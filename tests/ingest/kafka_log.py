"""Reads the content of a topic with the plain client: per partition, in the order of the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.events import Event
from shared.topics import Topic
from shared.wire import decode


@asynccontextmanager
async def open_size(bootstrap: str, topic: Topic[Any]) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """A function that returns the current number of records in the topic."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
    await asyncio.wait_for(consumer.start(), 30)
    try:

        async def size() -> int:
            ends: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
            return sum(ends.values())

        yield size
    finally:
        await asyncio.wait_for(consumer.stop(), 30)


async def read_log(bootstrap: str, topic: Topic[Any]) -> dict[int, list[tuple[int, str, Event]]]:
    """Partition -> (offset, key, event) of all records in the topic."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await asyncio.wait_for(consumer.start(), 30)
    try:
        partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        found: dict[int, list[tuple[int, str, Event]]] = {each.partition: [] for each in partitions}
        while any([await consumer.position(each) < ends[each] for each in partitions]):
            for each, records in (await consumer.getmany(timeout_ms=500, max_records=5000)).items():
                found[each.partition] += [(record.offset, record.key.decode(), decode(topic, record.value)) for record in records]
        return found
    finally:
        await asyncio.wait_for(consumer.stop(), 30)
