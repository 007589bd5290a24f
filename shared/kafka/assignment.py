"""Which partitions are ours.

aiokafka rebalances in the background and swallows what a listener raises, so this one only notes and pauses.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition

from shared import metrics
from shared.failures import TransientError
from shared.kafka.connection import POLL_MS, kafka_errors

POLL_LIMIT_SECONDS: Final = 5.0
"""While a rebalance is under way ``getmany`` waits for its end, however long that takes."""

_rebalances = metrics.counter("mesh_rebalances_total", "Assignments received.", ("group",))
log = structlog.get_logger("kafka.assignment")


class Assignment(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Counts assignments (``epoch``) and holds new partitions still; the consumer's own task restores and resumes them."""

    def __init__(self, consumer: AIOKafkaConsumer, group: str) -> None:
        self._consumer = consumer
        self._group = group
        self.epoch = 0
        self.joined = False
        self.since = time.monotonic()
        """When ``joined`` last changed."""

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:  # noqa: ARG002
        self._turn(joined=False)

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        self._consumer.pause(*assigned)
        self._turn(joined=True)
        _rebalances.labels(self._group).inc()
        log.info("assigned", group=self._group, partitions=sorted(f"{tp.topic}/{tp.partition}" for tp in assigned))

    def owned(self) -> frozenset[TopicPartition]:
        """The partitions that are ours now; none while a rebalance is under way."""
        return frozenset(self._consumer.assignment()) if self.joined else frozenset()

    def _turn(self, *, joined: bool) -> None:
        self.epoch += 1
        self.joined = joined
        self.since = time.monotonic()


async def poll(consumer: AIOKafkaConsumer, max_records: int) -> Mapping[TopicPartition, list[Any]]:
    """The next micro-batches, or nothing after 200 ms or while the broker is away."""
    try:
        with kafka_errors("poll"):
            async with asyncio.timeout(POLL_LIMIT_SECONDS):
                found: Mapping[TopicPartition, list[Any]] = await consumer.getmany(timeout_ms=POLL_MS, max_records=max_records)
                return found
    except TransientError as error:
        if not isinstance(error.__cause__, TimeoutError):
            log.warning("poll failed", error=str(error))
            await asyncio.sleep(POLL_MS / 1000)
        return {}
