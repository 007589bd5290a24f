"""The hot path of publishing: whole batches a partition, built here and handed over at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer

from shared.failures import PoisonError

Message = tuple[int, bytes | None, bytes | None, Sequence[tuple[str, bytes]]]
"""Timestamp in milliseconds, key, body, headers."""


async def send_batches(producer: AIOKafkaProducer, topic: str, queues: dict[int, list[Message]]) -> dict[int, list[int]]:
    """Send the messages of each partition in order, partitions side by side; returns their offsets once all are acknowledged.

    Raises:
        PoisonError: a message does not fit into a batch.
        KafkaError: the broker did not take a batch.
    """
    tasks = [asyncio.ensure_future(_send_partition(producer, topic, partition, queue)) for partition, queue in queues.items()]
    try:
        return dict(zip(queues, await asyncio.gather(*tasks), strict=True))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


async def _send_partition(producer: AIOKafkaProducer, topic: str, partition: int, queue: list[Message]) -> list[int]:
    sent: list[tuple[asyncio.Future[Any], int]] = []
    at = 0
    try:
        while at < len(queue):
            batch, fitted = _fill(producer, queue, at)
            sent.append((await producer.send_batch(batch, topic, partition=partition), fitted))
            at += fitted
        offsets: list[int] = []
        for acknowledged, fitted in sent:
            first = (await acknowledged).offset
            offsets.extend(range(first, first + fitted))
    except BaseException:
        for future, _ in sent:
            future.add_done_callback(_looked_at)
        raise
    return offsets


def _looked_at(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()


def _fill(producer: AIOKafkaProducer, queue: list[Message], at: int) -> tuple[Any, int]:
    """A closed batch of as many messages from ``at`` on as fit: ``append`` returns None when one did not get in."""
    batch = producer.create_batch()
    append = batch.append
    fitted = 0
    for i in range(at, len(queue)):
        stamp, key, value, headers = queue[i]
        if append(timestamp=stamp, key=key, value=value, headers=headers) is None:
            break
        fitted += 1
    if not fitted:
        raise PoisonError(f"a message of {len(queue[at][2] or b'')} bytes does not fit into an empty batch")
    batch.close()  # an open batch would let single sends slip in, and the offsets would be wrong
    return batch, fitted
