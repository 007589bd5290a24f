"""Publishing: idempotent, acknowledged by all in-sync replicas, compressed, with a timeout on every wait."""

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
YIELD_EVERY: Final = 250
"""``publish_many`` yields to the event loop after encoding this many events, about a millisecond of work."""
HEADROOM: Final = 1024
"""Bytes that key, headers and framing of a message may take."""
_NOT_PUBLISHED: Final = Published(-1, -1)

log = structlog.get_logger("kafka.producer")


class Producer:
    """Publishes events. Every method returns after the broker's acknowledgement.

    After an error the client is replaced: the sequence numbers of an idempotent producer that lost a batch have a gap.
    """

    def __init__(self, settings: MeshSettings, name: str, *, compresses: bool = True) -> None:
        """``compresses``: False for topics whose broker does it."""
        self._settings = settings
        self._name = name
        self._compresses = compresses
        self._client: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()
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

    async def publish_encoded(self, topic: Topic[Any], event: wire.Encoded, *, key: str) -> Published:
        """Publish an event that another process has encoded. Raises as ``publish``."""
        body = _fitting(topic, event.event_id, bytes(event.body))
        return await self.publish_raw(topic.name, key.encode(), body, wire.headers(event, current_trace()))

    async def publish_raw(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Headers, *, partition: int | None = None
    ) -> Published:
        """Publish bytes unchanged (dead letters and their replay); ``partition`` None: that of the key. Raises as ``publish``."""
        client = await self._connected()
        try:
            with kafka_errors(f"publish to {topic}"):
                async with asyncio.timeout(ACK_SECONDS):
                    sent = await client.send(topic, value, key, partition, _now(), headers)
                    ack = await sent
        except TransientError:
            self._discard(client)
            raise
        return Published(ack.partition, ack.offset)

    async def publish_many(
        self, topic: Topic[E], events: Sequence[tuple[str, E]], *, traceparent: str | None = None
    ) -> list[Published]:
        """Publish ``(key, event)`` pairs in batches per partition; events with the same key keep their order.

        The result has the order of ``events``. Raises as ``publish``; after an error any of the events may be in the log.
        """
        if not events:
            return []
        client, count = await self._partition_count(topic)
        trace, stamp = traceparent or current_trace(), _now()
        batches: dict[int, PartitionBatches] = {}
        targets: dict[str, tuple[PartitionBatches, bytes]] = {}
        for i, (key, event) in enumerate(events):
            target = targets.get(key)
            if target is None:
                partition = partition_of(key, count)
                if partition not in batches:
                    batches[partition] = PartitionBatches(client)
                target = targets[key] = batches[partition], key.encode()
            target[0].add(i, stamp, target[1], _body(topic, event), wire.headers(event, trace))
            if i % YIELD_EVERY == YIELD_EVERY - 1:
                await asyncio.sleep(0)
        return await self._send(client, topic, batches, len(events))

    async def publish_everywhere(self, topic: Topic[E], event: E, *, key: str) -> None:
        """Publish one copy to every partition of the topic. Raises as ``publish``."""
        client, count = await self._partition_count(topic)
        stamp, name, body, headers = _now(), key.encode(), _body(topic, event), wire.headers(event, current_trace())
        batches = {partition: PartitionBatches(client) for partition in range(count)}
        for partition, batch in batches.items():
            batch.add(partition, stamp, name, body, headers)
        await self._send(client, topic, batches, count)

    def partition_of(self, topic: Topic[Any], key: str) -> int:
        """The partition to which ``publish`` sends ``key``."""
        return partition_of(key, self._counts.get(topic.name, topic.partitions))

    async def close(self) -> None:
        """Flush and close, within a timeout."""
        client, self._client = self._client, None
        if client is not None:
            await stop(client)
        await asyncio.gather(*self._closing)

    async def _send(
        self, client: AIOKafkaProducer, topic: Topic[Any], batches: dict[int, PartitionBatches], total: int
    ) -> list[Published]:
        try:
            with kafka_errors(f"publish {total} to {topic.name}"):
                async with asyncio.timeout(ACK_SECONDS):
                    offsets = await send_batches(client, topic.name, batches)
        except TransientError:
            self._discard(client)
            raise
        found = [_NOT_PUBLISHED] * total
        for partition, batch in batches.items():
            for index, offset in zip(batch.indexes, offsets[partition], strict=True):
                found[index] = Published(partition, offset)
        return found

    async def _partition_count(self, topic: Topic[Any]) -> tuple[AIOKafkaProducer, int]:
        client = await self._connected()
        with kafka_errors(f"read the partitions of {topic.name}"):
            async with asyncio.timeout(ACK_SECONDS):
                count = len(await client.partitions_for(topic.name))
        self._counts[topic.name] = count
        return client, count

    async def _connected(self) -> AIOKafkaProducer:
        if self._client is None:
            async with self._connecting:
                if self._client is None:  # another task may have connected while this one waited
                    new = AIOKafkaProducer(**producer_options(self._settings, self._name, compresses=self._compresses))
                    await start(new, f"connect to {self._settings.kafka_bootstrap}")
                    self._client = new
        return self._client

    def _discard(self, client: AIOKafkaProducer) -> None:
        if self._client is client:
            log.warning("replacing the client after a failure", client=self._name)
            self._client = None
            closing = asyncio.create_task(stop(client), name=f"close {self._name}")
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _body(topic: Topic[Any], event: Event) -> bytes:
    return _fitting(topic, event.event_id, wire.encode(event))


def _fitting(topic: Topic[Any], event_id: str, body: bytes) -> bytes:
    if len(body) + HEADROOM > topic.max_message_bytes:
        raise PoisonError(f"{topic.name}: {event_id} has {len(body)} bytes, the topic allows {topic.max_message_bytes}")
    return body


@asynccontextmanager
async def open_producer(settings: MeshSettings, client_id: str, *, compresses: bool = True) -> AsyncIterator[Producer]:
    """A producer, flushed and closed at the end of the block. ``compresses``: False for topics whose broker does it.

    Raises:
        TransientError: no broker answers.
    """
    producer = Producer(settings, client_id, compresses=compresses)
    await producer._connected()  # noqa: SLF001 - connects now: a missing broker is an error of the start
    try:
        yield producer
    finally:
        await producer.close()
