"""The hot path of publishing: whole batches a partition, built here and handed over at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer

from shared.failures import PoisonError

Headers = Sequence[tuple[str, bytes]]


class PartitionBatches:
    """The batches of one partition, in order; ``places`` says which message of the whole each one is."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._batch = producer.create_batch()
        self.full: list[Any] = []
        self.places: list[int] = []

    def add(self, place: int, stamp: int, key: bytes, value: bytes, headers: Headers) -> None:
        """Put a message behind the others.

        Raises:
            PoisonError: it does not even fit into an empty batch.
        """
        if self._batch.append(timestamp=stamp, key=key, value=value, headers=headers) is None:  # full: it is not in there
            self._turn()
            if self._batch.append(timestamp=stamp, key=key, value=value, headers=headers) is None:
                raise PoisonError(f"a message of {len(value)} bytes does not fit into an empty batch")
        self.places.append(place)

    def closed(self) -> list[Any]:
        """All batches, closed: an open one would let single sends slip in, and the offsets would be wrong."""
        if self._batch.record_count():
            self._turn()
        return self.full

    def _turn(self) -> None:
        self._batch.close()
        self.full.append(self._batch)
        self._batch = self._producer.create_batch()


async def send_batches(producer: AIOKafkaProducer, topic: str, queues: Mapping[int, PartitionBatches]) -> dict[int, list[int]]:
    """Send each partition's batches in order, partitions side by side; their offsets, once all are acknowledged.

    Raises:
        KafkaError: the broker did not take a batch.
    """
    tasks = [
        asyncio.create_task(_send_partition(producer, topic, partition, queue.closed()), name=f"publish {topic}/{partition}")
        for partition, queue in queues.items()
    ]
    try:
        return dict(zip(queues, await asyncio.gather(*tasks), strict=True))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


async def _send_partition(producer: AIOKafkaProducer, topic: str, partition: int, batches: Sequence[Any]) -> list[int]:
    sent: list[asyncio.Future[Any]] = []
    offsets: list[int] = []
    try:
        for batch in batches:
            sent.append(await producer.send_batch(batch, topic, partition=partition))  # noqa: PERF401 - kept when one fails
        for batch, acknowledged in zip(batches, sent, strict=True):
            first = (await acknowledged).offset
            offsets.extend(range(first, first + batch.record_count()))
    except BaseException:
        for future in sent:
            future.add_done_callback(_look_at)  # what nobody awaits any more must not be reported as never retrieved
        raise
    return offsets


def _look_at(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()
