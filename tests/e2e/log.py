"""Reads topics to their end, as any outsider would."""

from __future__ import annotations

from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared import wire
from shared.events import Event
from shared.topics import Topic

E = TypeVar("E", bound=Event)


async def records(bootstrap: str, topic: Topic[Any]) -> list[ConsumerRecord]:
    """All messages of a topic, each partition in its order."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        starts = await consumer.beginning_offsets(partitions)
        left = {p for p in partitions if ends[p] > starts[p]}
        found: list[ConsumerRecord] = []
        while left:
            for partition, messages in (await consumer.getmany(timeout_ms=500)).items():
                found += messages
                if messages[-1].offset + 1 >= ends[partition]:
                    left.discard(partition)
        return found
    finally:
        await consumer.stop()


async def events(bootstrap: str, topic: Topic[E]) -> list[E]:
    """The events in a topic now."""
    return [wire.decode(topic, record.value) for record in await records(bootstrap, topic)]
