"""Paused partitions: in backoff after a transient failure, or held because most of their messages fail."""

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

_retries = metrics.counter("mesh_retries_total", "Batches that will be retried.", ("group", "topic"))
log = structlog.get_logger("kafka.pauses")


class Pauses:
    """Pauses and resumes the partitions of one consumer."""

    def __init__(self, consumer: AIOKafkaConsumer, monitor: LagMonitor, group: str, hold_seconds: float) -> None:
        self._consumer = consumer
        self._monitor = monitor
        self._group = group
        self._hold_seconds = hold_seconds
        self._random = Random()  # noqa: S311 - jitter
        self._backoffs: dict[TopicPartition, Backoff] = {}
        self._guard = FailureGuard(group)
        self._resume_at: dict[TopicPartition, float] = {}

    @property
    def held(self) -> bool:
        """Whether any partition is held."""
        return bool(self._guard.held)

    def retry(self, partition: TopicPartition, offset: int, error: BaseException) -> float:
        """Pause after a transient failure, with backoff, then read again from ``offset``. Returns the seconds."""
        seconds = self._backoffs.setdefault(partition, Backoff(self._random)).next()
        _retries.labels(self._group, partition.topic).inc()
        log.warning(
            "retrying after a pause", topic=partition.topic, partition=partition.partition, seconds=seconds, error=str(error)
        )
        self._pause_until(partition, offset, seconds)
        return seconds

    def failed(self, partition: TopicPartition, offset: int, error: BaseException) -> bool:
        """Record a permanent failure. True when most messages fail: the partition is held, and no dead letter must be published."""
        if not self._guard.failed(partition, error):
            return False
        self._pause_until(partition, offset, self._hold_seconds)
        return True

    def passed(self, partition: TopicPartition, count: int) -> None:
        """Record that ``count`` messages were handled."""
        if (backoff := self._backoffs.get(partition)) is not None:
            backoff.reset()
        self._guard.passed(partition, count)

    def resume_due(self) -> None:
        """Resume the partitions whose pause is over."""
        now = time.monotonic()
        for partition in [one for one, at in self._resume_at.items() if at <= now]:
            del self._resume_at[partition]
            try:
                self._consumer.resume(partition)
                self._monitor.expect_progress(partition)
            except IllegalStateError:  # revoked meanwhile: the next assignment starts it again
                continue

    def forget(self) -> None:
        """Drop all pauses after the assignment changed. The failure rates stay."""
        self._resume_at.clear()
        self._guard.keep(frozenset())

    def _pause_until(self, partition: TopicPartition, offset: int, seconds: float) -> None:
        try:
            self._consumer.pause(partition)
            self._consumer.seek(partition, offset)
        except IllegalStateError:  # revoked meanwhile
            return
        self._resume_at[partition] = time.monotonic() + seconds
        self._monitor.expect_pause(partition)
