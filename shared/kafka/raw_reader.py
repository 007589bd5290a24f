"""Reading all messages that topics hold at this moment, undecoded: for commands of operators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer

from shared.kafka.connection import QUERY_SECONDS, consumer_options, kafka_errors, start, stop
from shared.settings import MeshSettings


@asynccontextmanager
async def open_raw_reader(settings: MeshSettings, topics: Sequence[str], client_id: str) -> AsyncIterator[AsyncIterator[Any]]:
    """All messages (aiokafka's ConsumerRecords) that the topics hold at this moment, partition by partition.

    Raises:
        TransientError: the broker does not answer, or lacks a topic.
    """
    consumer = AIOKafkaConsumer(*topics, **consumer_options(settings, client_id, None))
    await start(consumer, f"read {', '.join(topics)}")
    try:
        yield _messages(consumer)
    finally:
        await stop(consumer)


async def _messages(consumer: AIOKafkaConsumer) -> AsyncIterator[Any]:
    partitions = sorted(consumer.assignment())
    with kafka_errors("read the first and end offsets"):
        async with asyncio.timeout(QUERY_SECONDS):
            starts = await consumer.beginning_offsets(partitions)
            ends = await consumer.end_offsets(partitions)
    consumer.pause(*partitions)
    for partition in partitions:
        position = starts[partition]
        consumer.seek(partition, position)
        consumer.resume(partition)
        while position < ends[partition]:
            with kafka_errors(f"read {partition.topic}/{partition.partition}"):
                async with asyncio.timeout(QUERY_SECONDS):
                    message = await consumer.getone(partition)
            position = message.offset + 1
            if message.offset < ends[partition]:
                yield message
        consumer.pause(partition)
