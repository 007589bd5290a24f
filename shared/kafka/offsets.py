"""The first and the end offset of each partition of topics, without reading messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer

from shared.kafka.connection import QUERY_SECONDS, consumer_options, kafka_errors, start, stop
from shared.settings import MeshSettings
from shared.topics import Topic


class OffsetRange(NamedTuple):
    """The offsets that a partition holds."""

    first: int
    end: int
    """The offset of the next message to be written."""


class OffsetReader:
    """Reads the offset ranges of topics."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def read(self) -> Mapping[str, Mapping[int, OffsetRange]]:
        """The range of each partition, by topic. Raises TransientError."""
        partitions = sorted(self._consumer.assignment())
        self._consumer.pause(*partitions)
        with kafka_errors("read the first and end offsets"):
            async with asyncio.timeout(QUERY_SECONDS):
                first = await self._consumer.beginning_offsets(partitions)
                end = await self._consumer.end_offsets(partitions)
        found: dict[str, dict[int, OffsetRange]] = {}
        for each in partitions:
            found.setdefault(each.topic, {})[each.partition] = OffsetRange(first[each], end[each])
        return found


@asynccontextmanager
async def open_offset_reader(settings: MeshSettings, topics: Sequence[Topic[Any]], client_id: str) -> AsyncIterator[OffsetReader]:
    """A reader of the offset ranges of ``topics``. Raises TransientError: the broker does not answer."""
    names = [topic.name for topic in topics]
    consumer = AIOKafkaConsumer(*names, **consumer_options(settings, client_id, None) | {"auto_offset_reset": "latest"})
    await start(consumer, f"open an offset reader of {', '.join(names)}")
    try:
        yield OffsetReader(consumer)
    finally:
        await stop(consumer)
