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
from shared.kafka.batches import Headers, PartitionBatches, send_batches
from shared.kafka.connection import ACK_SECONDS, kafka_errors, producer_options, start, stop
from shared.kafka.partitions import partition_of
from shared.kafka.records import Published
from shared.logs import current_trace
from shared.settings import MeshSettings
from shared.topics import Topic

E = TypeVar("E", bound=Event)
BREATH: Final = 250
"""After so many encoded events others get the event loop: about a millisecond."""
HEADROOM: Final = 1024
"""Bytes of a message that are not its body: key, headers, framing."""
_NOWHERE: Final = Published(-1, -1)

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
        headers = wire.headers(event, traceparent or current_trace())
        return await self.publish_raw(topic.name, key.encode(), _body(topic, event), headers)

    async def publish_raw(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Headers, *, partition: int | None = None
    ) -> Published:
        """Publish bytes as they are (dead letters and their replay); ``partition`` None: as the key says. Raises as ``publish``."""
        inner = await self._connected()
        try:
            with kafka_errors(f"publish to {topic}"):
                async with asyncio.timeout(ACK_SECONDS):
                    sent = await inner.send(topic, value, key, partition, _now(), headers)
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
        inner, count = await self._partitions(topic)
        trace, stamp = traceparent or current_trace(), _now()
        queues: dict[int, PartitionBatches] = {}
        routes: dict[str, tuple[PartitionBatches, bytes]] = {}
        for i, (key, event) in enumerate(events):
            route = routes.get(key)
            if route is None:
                partition = partition_of(key, count)
                if partition not in queues:
                    queues[partition] = PartitionBatches(inner)
                route = routes[key] = queues[partition], key.encode()
            route[0].add(i, stamp, route[1], _body(topic, event), wire.headers(event, trace))
            if i % BREATH == BREATH - 1:
                await asyncio.sleep(0)
        return await self._send(inner, topic, queues, len(events))

    async def publish_everywhere(self, topic: Topic[E], event: E, *, key: str) -> None:
        """Publish one copy into every partition of the topic. Raises as ``publish``."""
        inner, count = await self._partitions(topic)
        stamp, name, body, headers = _now(), key.encode(), _body(topic, event), wire.headers(event, current_trace())
        queues = {partition: PartitionBatches(inner) for partition in range(count)}
        for partition, queue in queues.items():
            queue.add(partition, stamp, name, body, headers)
        await self._send(inner, topic, queues, count)

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
        self, inner: AIOKafkaProducer, topic: Topic[Any], queues: dict[int, PartitionBatches], total: int
    ) -> list[Published]:
        try:
            with kafka_errors(f"publish {total} to {topic.name}"):
                async with asyncio.timeout(ACK_SECONDS):
                    offsets = await send_batches(inner, topic.name, queues)
        except TransientError:
            self._discard(inner)
            raise
        found = [_NOWHERE] * total
        for partition, queue in queues.items():
            for place, offset in zip(queue.places, offsets[partition], strict=True):
                found[place] = Published(partition, offset)
        return found

    async def _partitions(self, topic: Topic[Any]) -> tuple[AIOKafkaProducer, int]:
        inner = await self._connected()
        with kafka_errors(f"ask for the partitions of {topic.name}"):
            async with asyncio.timeout(ACK_SECONDS):
                count = len(await inner.partitions_for(topic.name))
        self._counts[topic.name] = count
        return inner, count

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


def _body(topic: Topic[Any], event: Event) -> bytes:
    body = wire.encode(event)
    if len(body) + HEADROOM > topic.max_message_bytes:
        raise PoisonError(f"{topic.name}: {event.event_id} has {len(body)} bytes, the topic allows {topic.max_message_bytes}")
    return body


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
