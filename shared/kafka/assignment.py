"""The partitions that a consumer group has assigned to this process.

aiokafka rebalances in the background and ignores what a listener raises, so this listener only records and pauses.
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
"""``getmany`` waits for the end of a rebalance without a limit of its own."""

_rebalances = metrics.counter("mesh_rebalances_total", "Assignments received.", ("group",))
log = structlog.get_logger("kafka.assignment")


class Assignment(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Counts assignments (``epoch``) and pauses new partitions; the consumer's own task restores and resumes them."""

    def __init__(self, consumer: AIOKafkaConsumer, group: str) -> None:
        self._consumer = consumer
        self._group = group
        self.epoch = 0
        self.joined = False
        self.changed_at = time.monotonic()
        """When ``joined`` last changed."""

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:  # noqa: ARG002
        self._set_joined(joined=False)

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        self._consumer.pause(*assigned)
        self._set_joined(joined=True)
        _rebalances.labels(self._group).inc()
        log.info("assigned", group=self._group, partitions=sorted(f"{tp.topic}/{tp.partition}" for tp in assigned))

    def owned(self) -> frozenset[TopicPartition]:
        """The partitions that are assigned now; none during a rebalance."""
        return frozenset(self._consumer.assignment()) if self.joined else frozenset()

    def _set_joined(self, *, joined: bool) -> None:
        self.epoch += 1
        self.joined = joined
        self.changed_at = time.monotonic()


async def poll(consumer: AIOKafkaConsumer, max_records: int) -> Mapping[TopicPartition, list[Any]]:
    """The next batches by partition; empty after 200 ms without messages, or while the broker does not answer."""
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
