"""Reading a given range of offsets, without a consumer group."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import metrics
from shared.events import Event
from shared.kafka.connection import POLL_MS, QUERY_SECONDS, consumer_options, kafka_errors, start, stop
from shared.kafka.records import Record, record_of
from shared.settings import MeshSettings
from shared.topics import Topic
from shared.wire import WireError

E = TypeVar("E", bound=Event)
READ_SECONDS: Final = 60.0

_skipped = metrics.counter(
    "mesh_skipped_total", "Messages skipped by a reader that publishes no dead letters.", ("reader", "topic")
)
log = structlog.get_logger("kafka.ranges")


class RangeGoneError(Exception):
    """Part of the range is not in the log: retention has deleted it, or it is not written yet."""


class RangeReader:
    """Reads ranges of offsets, one at a time."""

    def __init__(self, consumer: AIOKafkaConsumer, name: str) -> None:
        self._consumer = consumer
        self._name = name
        self._turn = asyncio.Lock()

    async def read(self, topic: Topic[E], partition: int, first: int, last: int) -> list[Record[E]]:
        """The records with offsets from ``first`` to ``last`` inclusive; messages that cannot be decoded are counted and skipped.

        Raises:
            RangeGoneError: part of the range is not in the log.
            TransientError: the broker does not answer.
        """
        where = TopicPartition(topic.name, partition)
        async with self._turn:
            with kafka_errors(f"read {topic.name}/{partition} {first}..{last}"):
                async with asyncio.timeout(READ_SECONDS):
                    messages = await self._messages(where, first, last)
        found = []
        for message in messages:
            try:
                found.append(record_of(topic, message))
            except WireError as error:
                _skipped.labels(self._name, topic.name).inc()
                log.warning("skipped", topic=topic.name, partition=partition, offset=message.offset, error=str(error))
        return found

    async def _messages(self, where: TopicPartition, first: int, last: int) -> list[Any]:
        self._consumer.assign([where])
        async with asyncio.timeout(QUERY_SECONDS):
            begin = (await self._consumer.beginning_offsets([where]))[where]
            end = (await self._consumer.end_offsets([where]))[where]
        if first < begin or last >= end:
            raise RangeGoneError(
                f"{where.topic}/{where.partition}: {first}..{last} is not in the log, which has {begin}..{end - 1}"
            )
        self._consumer.seek(where, first)
        found: list[Any] = []
        position = first
        while position <= last:
            for messages in (await self._consumer.getmany(where, timeout_ms=POLL_MS, max_records=1000)).values():
                found.extend(message for message in messages if message.offset <= last)
                position = messages[-1].offset + 1
        if not found or found[0].offset > first:
            raise RangeGoneError(f"{where.topic}/{where.partition}: {first}..{last} left the log while it was read")
        return found


@asynccontextmanager
async def open_range_reader(settings: MeshSettings, client_id: str) -> AsyncIterator[RangeReader]:
    """A range reader, closed at the end of the block. Raises TransientError."""
    consumer = AIOKafkaConsumer(**consumer_options(settings, client_id, None))
    await start(consumer, "open a range reader")
    try:
        yield RangeReader(consumer, client_id)
    finally:
        await stop(consumer)
