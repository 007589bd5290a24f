"""Publishing: idempotent, acknowledged by all replicas, compressed, with a limit on every wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import structlog
from aiokafka import AIOKafkaProducer

from shared import wire
from shared.events import Event
from shared.failures import PoisonError, TransientError
from shared.kafka.batches import Message, send_batches
from shared.kafka.connection import ACK_SECONDS, producer_options, start, stop, translated
from shared.kafka.partitions import partition_of
from shared.kafka.records import Published
from shared.logs import current_trace
from shared.settings import MeshSettings
from shared.topics import Topic

E = TypeVar("E", bound=Event)
BREATH: Final = 250
"""After so many encoded events others get the event loop: about a millisecond."""

log = structlog.get_logger("kafka.producer")


class Producer:
    """Publishes events. Every method returns only when the broker has acknowledged.

    After an error the connection is replaced: an idempotent producer that lost a batch may not number the next one.
    """

    def __init__(self, settings: MeshSettings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._inner: AIOKafkaProducer | None = None
        self._renewing = asyncio.Lock()
        self._counts: dict[str, int] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def publish(self, topic: Topic[E], event: E, *, key: str, traceparent: str | None = None) -> Published:
        """Publish one event.

        Raises:
            TransientError: the broker did not acknowledge in time; the event may or may not be in the log.
            PoisonError: the event is larger than the topic allows.
        """
        message = _message(topic, event, key, traceparent or current_trace(), _now())
        return await self.publish_raw(topic.name, message, partition=None)

    async def publish_raw(self, topic: str, message: Message, *, partition: int | None) -> Published:
        """Publish bytes as they are (dead letters and their replay); ``partition`` None: as the key says. Raises as ``publish``."""
        stamp, key, value, headers = message
        inner = await self._connected()
        try:
            with translated(f"publish to {topic}"):
                async with asyncio.timeout(ACK_SECONDS):
                    sent = await inner.send(topic, value, key, partition, stamp, headers)
                    ack = await sent
        except TransientError:
            self._discard(inner)
            raise
        return Published(ack.partition, ack.offset)

    async def publish_many(
        self, topic: Topic[E], events: Sequence[tuple[str, E]], *, traceparent: str | None = None
    ) -> list[Published]:
        """Publish ``(key, event)`` pairs, in batches a partition; the order of a key is kept.

        The result is in the order of ``events``. Raises as ``publish``; after an error any of them may be in the log.
        """
        if not events:
            return []
        count = await self._partitions(topic)
        trace, stamp = traceparent or current_trace(), _now()
        queues: dict[int, list[Message]] = {}
        places: dict[int, list[int]] = {}
        for i, (key, event) in enumerate(events):
            partition = partition_of(key, count)
            queues.setdefault(partition, []).append(_message(topic, event, key, trace, stamp))
            places.setdefault(partition, []).append(i)
            if i % BREATH == BREATH - 1:
                await asyncio.sleep(0)
        return await self._send(topic, queues, places, len(events))

    async def publish_everywhere(self, topic: Topic[E], event: E, *, key: str) -> None:
        """Publish one copy into every partition of the topic. Raises as ``publish``."""
        count = await self._partitions(topic)
        message = _message(topic, event, key, current_trace(), _now())
        await self._send(topic, {p: [message] for p in range(count)}, {p: [p] for p in range(count)}, count)

    def partition_of(self, topic: Topic[Any], key: str) -> int:
        """The partition that ``publish`` puts ``key`` into."""
        return partition_of(key, self._counts.get(topic.name, topic.partitions))

    async def close(self) -> None:
        """Flush and close, within a limit."""
        inner, self._inner = self._inner, None
        if inner is not None:
            await stop(inner)
        await asyncio.gather(*self._closing)

    async def _send(
        self, topic: Topic[Any], queues: dict[int, list[Message]], places: dict[int, list[int]], total: int
    ) -> list[Published]:
        inner = await self._connected()
        try:
            with translated(f"publish {total} to {topic.name}"):
                async with asyncio.timeout(ACK_SECONDS):
                    offsets = await send_batches(inner, topic.name, queues)
        except TransientError:
            self._discard(inner)
            raise
        found: list[Published] = [Published(-1, -1)] * total
        for partition, at in places.items():
            for place, offset in zip(at, offsets[partition], strict=True):
                found[place] = Published(partition, offset)
        return found

    async def _partitions(self, topic: Topic[Any]) -> int:
        inner = await self._connected()
        with translated(f"ask for the partitions of {topic.name}"):
            async with asyncio.timeout(ACK_SECONDS):
                count = len(await inner.partitions_for(topic.name))
        self._counts[topic.name] = count
        return count

    async def _connected(self) -> AIOKafkaProducer:
        if self._inner is None:
            async with self._renewing:
                if self._inner is None:  # another task may have connected while this one waited
                    fresh = AIOKafkaProducer(**producer_options(self._settings, self._name))
                    await start(fresh, f"connect to {self._settings.kafka_bootstrap}")
                    self._inner = fresh
        return self._inner

    def _discard(self, inner: AIOKafkaProducer) -> None:
        if self._inner is inner:
            log.warning("replacing the connection after a failure", client=self._name)
            self._inner = None
            closing = asyncio.create_task(stop(inner), name=f"close {self._name}")
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _message(topic: Topic[Any], event: Event, key: str, trace: str | None, stamp: int) -> Message:
    body = wire.encode(event)
    if len(body) + 1024 > topic.max_message_bytes:
        raise PoisonError(f"{topic.name}: {event.event_id} has {len(body)} bytes, the topic allows {topic.max_message_bytes}")
    return stamp, key.encode(), body, wire.headers(event, trace)


@asynccontextmanager
async def open_producer(settings: MeshSettings, client_id: str) -> AsyncIterator[Producer]:
    """A producer, flushed and closed at the end of the block.

    Raises:
        TransientError: no broker answers.
    """
    producer = Producer(settings, client_id)
    await producer._connected()  # noqa: SLF001 - connects early, so that a missing broker is found at the start
    try:
        yield producer
    finally:
        await producer.close()
