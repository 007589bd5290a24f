"""Measuring lag, and a watchdog: a consumer with lag that makes no progress ends its process, which the supervisor restarts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import metrics, wire
from shared.failures import TransientError
from shared.kafka.assignment import Assignment
from shared.kafka.connection import QUERY_SECONDS, kafka_errors
from shared.topics import Topic

EVERY_SECONDS: Final = 5.0
OUTAGE_FACTOR: Final = 5
"""After an outage of this many stall limits the client is assumed to hang, not the broker."""

_records = metrics.gauge(
    "mesh_lag_records", "Messages between the position and the end of the log.", ("group", "topic", "partition")
)
_record_age = metrics.gauge(
    "mesh_lag_age_seconds",
    "Age of the last handled message by the timestamp in the log; 0 without lag.",
    ("group", "topic", "partition"),
)
_event_age = metrics.gauge(
    "mesh_lag_event_age_seconds", "Now minus the event time of the last handled message.", ("group", "topic", "partition")
)
log = structlog.get_logger("kafka.lag")


class StalledError(Exception):
    """A consumer has lag but makes no progress, or gets no partitions."""


@dataclass(slots=True)
class _Progress:
    next: int
    progressed_at: float
    lag: int = 0
    last: Any = None
    paused: bool = False


class LagMonitor:
    """Tracks the position of each partition; ``run`` measures lag and raises when a partition makes no progress."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        topics: Iterable[Topic[Any]],
        group: str,
        stall_seconds: float,
        assignment: Assignment | None,
    ) -> None:
        self._consumer = consumer
        self._topics = {topic.name: topic for topic in topics}
        self._group = group
        self._stall = stall_seconds
        self._assignment = assignment
        self._progress: dict[TopicPartition, _Progress] = {}
        self._answered_at = self._loop_ran_at = time.monotonic()

    def loop_ran(self) -> None:
        """The consumer's loop has run once more."""
        self._loop_ran_at = time.monotonic()

    @property
    def alive(self) -> bool:
        """The consumer's loop has run within the stall limit."""
        return time.monotonic() - self._loop_ran_at < self._stall

    def track(self, partition: TopicPartition, offset: int = -1) -> None:
        """``partition`` is assigned and the next message to handle is at ``offset``; -1: at the consumer's position."""
        self._progress[partition] = _Progress(offset, time.monotonic())

    def started(self, partition: TopicPartition, message: Any) -> None:
        """``message`` is about to be handled; aiokafka's own position is already past it."""
        if (progress := self._progress.get(partition)) is not None:
            progress.next = message.offset

    def handled(self, partition: TopicPartition, message: Any) -> None:
        """``message`` has been handled."""
        if (progress := self._progress.get(partition)) is not None:
            progress.next, progress.last = message.offset + 1, message
            progress.progressed_at, progress.paused = time.monotonic(), False

    def expect_pause(self, partition: TopicPartition) -> None:
        """``partition`` is paused on purpose until ``expect_progress`` or ``handled``."""
        if (progress := self._progress.get(partition)) is not None:
            progress.paused = True

    def expect_progress(self, partition: TopicPartition) -> None:
        """``partition`` is no longer paused."""
        if (progress := self._progress.get(partition)) is not None:
            progress.progressed_at, progress.paused = time.monotonic(), False

    def untrack(self, partition: TopicPartition) -> None:
        """``partition`` is no longer assigned."""
        if self._progress.pop(partition, None) is not None:
            for gauge in (_records, _record_age, _event_age):
                with suppress(KeyError):  # it was never measured
                    gauge.remove(self._group, partition.topic, str(partition.partition))

    def partitions(self) -> frozenset[TopicPartition]:
        """The tracked partitions."""
        return frozenset(self._progress)

    def lag(self) -> int:
        """Sum of the lag of all partitions, as last measured."""
        return sum(progress.lag for progress in self._progress.values())

    async def run(self) -> None:
        """Measure lag and check progress until cancelled.

        Raises:
            StalledError: a partition, the broker or the assignment has been stalled for too long.
        """
        while True:
            await asyncio.sleep(min(EVERY_SECONDS, self._stall / 4))
            try:
                await self._measure()
            except TransientError as error:
                log.warning("lag is unknown", group=self._group, error=str(error))
            self._check(time.monotonic())

    async def _measure(self) -> None:
        if self._progress:
            with kafka_errors("read the end offsets"):
                async with asyncio.timeout(QUERY_SECONDS):
                    ends = await self._consumer.end_offsets(list(self._progress))
                    for partition in [one for one, progress in self._progress.items() if progress.next < 0]:
                        position = await self._consumer.position(partition)
                        if (progress := self._progress.get(partition)) is not None and progress.next < 0:
                            progress.next = position
            for partition, end in ends.items():
                if (progress := self._progress.get(partition)) is not None:
                    progress.lag = max(0, end - progress.next)
                    if progress.lag == 0:
                        progress.progressed_at = time.monotonic()
                    self._export(partition, progress)
        self._answered_at = time.monotonic()

    def _export(self, partition: TopicPartition, progress: _Progress) -> None:
        labels = self._group, partition.topic, str(partition.partition)
        _records.labels(*labels).set(progress.lag)
        if progress.last is None:
            return
        now = time.time()
        _record_age.labels(*labels).set(max(0.0, now - progress.last.timestamp / 1000) if progress.lag else 0.0)
        try:
            event = wire.decode(self._topics[partition.topic], progress.last.value)
        except wire.WireError:
            return  # poison has no event time
        _event_age.labels(*labels).set(max(0.0, now - getattr(event, "ts_event", 0) / 1000))

    def _check(self, now: float) -> None:
        for partition, progress in self._progress.items():
            if progress.lag and not progress.paused and now - progress.progressed_at > self._stall:
                raise StalledError(
                    f"{partition.topic}/{partition.partition} of {self._group}: {progress.lag} messages wait at "
                    f"offset {progress.next}, no progress for {now - progress.progressed_at:.0f} s"
                )
        if now - self._answered_at > OUTAGE_FACTOR * self._stall:
            raise StalledError(f"{self._group}: the broker has not answered for {now - self._answered_at:.0f} s")
        if self._assignment and not self._assignment.joined and now - self._assignment.changed_at > OUTAGE_FACTOR * self._stall:
            raise StalledError(f"{self._group}: no assignment for {now - self._assignment.changed_at:.0f} s")
