"""Partitions that wait: for something to come back (backoff), or because too many of their messages fail (held)."""

from __future__ import annotations

import time
from random import Random

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError

from shared import metrics
from shared.backoff import Backoff
from shared.kafka.failure_rate import FailureGuard
from shared.kafka.lag import LagMonitor

_retries = metrics.counter("mesh_retries_total", "Batches that will be tried again.", ("group", "topic"))
log = structlog.get_logger("kafka.pauses")


class Pauses:
    """Pauses and wakes the partitions of one consumer."""

    def __init__(self, consumer: AIOKafkaConsumer, watch: LagMonitor, group: str, hold_seconds: float) -> None:
        self._consumer = consumer
        self._watch = watch
        self._group = group
        self._hold_seconds = hold_seconds
        self._random = Random()  # noqa: S311 - jitter
        self._backoffs: dict[TopicPartition, Backoff] = {}
        self._guard = FailureGuard(group)
        self._wake_at: dict[TopicPartition, float] = {}

    @property
    def held(self) -> bool:
        """Whether any partition stands still because too many of its messages fail."""
        return bool(self._guard.held)

    def retry(self, partition: TopicPartition, offset: int, error: BaseException) -> float:
        """Something is not there now: wait with backoff, then read again from ``offset``. Returns the seconds."""
        seconds = self._backoffs.setdefault(partition, Backoff(self._random)).next()
        _retries.labels(self._group, partition.topic).inc()
        log.warning(
            "waiting before another try", topic=partition.topic, partition=partition.partition, seconds=seconds, error=str(error)
        )
        self._pause(partition, offset, seconds)
        return seconds

    def failed(self, partition: TopicPartition, offset: int, error: BaseException) -> bool:
        """A message failed for good. True when it must wait instead of being set aside, because most messages fail."""
        if not self._guard.failed(partition, error):
            return False
        self._pause(partition, offset, self._hold_seconds)
        return True

    def passed(self, partition: TopicPartition, count: int) -> None:
        """So many messages were handled."""
        if (backoff := self._backoffs.get(partition)) is not None:
            backoff.reset()
        self._guard.passed(partition, count)

    def wake(self) -> None:
        """Let those partitions go on whose time has come."""
        now = time.monotonic()
        for partition in [one for one, at in self._wake_at.items() if at <= now]:
            del self._wake_at[partition]
            try:
                self._consumer.resume(partition)
                self._watch.resume(partition)
            except IllegalStateError:  # taken away meanwhile: the new assignment starts afresh
                continue

    def forget(self) -> None:
        """The assignment changed: nothing waits any more. What is known of failures stays."""
        self._wake_at.clear()
        self._guard.keep(frozenset())

    def _pause(self, partition: TopicPartition, offset: int, seconds: float) -> None:
        try:
            self._consumer.pause(partition)
            self._consumer.seek(partition, offset)
        except IllegalStateError:  # taken away meanwhile
            return
        self._wake_at[partition] = time.monotonic() + seconds
        self._watch.excuse(partition)
