"""Publishing many messages: complete record batches of each partition are built here and sent together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer

from shared.failures import PoisonError

Headers = Sequence[tuple[str, bytes]]


class PartitionBatches:
    """The record batches of one partition, in order; ``indexes`` holds the position in the caller's list of each message."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._open = producer.create_batch()
        self._closed: list[Any] = []
        self.indexes: list[int] = []

    def add(self, index: int, stamp: int, key: bytes, value: bytes, headers: Headers) -> None:
        """Append a message.

        Raises:
            PoisonError: the message does not fit into an empty batch.
        """
        if self._open.append(timestamp=stamp, key=key, value=value, headers=headers) is None:  # the batch is full
            self._close_batch()
            if self._open.append(timestamp=stamp, key=key, value=value, headers=headers) is None:
                raise PoisonError(f"a message of {len(value)} bytes does not fit into an empty batch")
        self.indexes.append(index)

    def close(self) -> list[Any]:
        """All batches, closed: aiokafka would add single sends to an open batch, and the offsets would be wrong."""
        if self._open.record_count():
            self._close_batch()
        return self._closed

    def _close_batch(self) -> None:
        self._open.close()
        self._closed.append(self._open)
        self._open = self._producer.create_batch()


async def send_batches(producer: AIOKafkaProducer, topic: str, batches: Mapping[int, PartitionBatches]) -> dict[int, list[int]]:
    """Send the batches of each partition in order, all partitions concurrently; returns the offsets once all are acknowledged.

    Raises:
        KafkaError: the broker did not accept a batch.
    """
    tasks = [
        asyncio.create_task(_send_partition(producer, topic, partition, each.close()), name=f"publish {topic}/{partition}")
        for partition, each in batches.items()
    ]
    try:
        return dict(zip(batches, await asyncio.gather(*tasks), strict=True))
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
            future.add_done_callback(_retrieve_exception)  # nobody awaits it any more: asyncio would report it as never retrieved
        raise
    return offsets


def _retrieve_exception(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()
