"""Lag, and the watchdog: a consumer with messages before it that does not move ends its process, so that it is started afresh."""

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
PATIENCE: Final = 5
"""A broker may be away for so many times the stall limit before the client is taken to be the one that hangs."""

_records = metrics.gauge(
    "mesh_lag_records", "Messages between the position and the end of the log.", ("group", "topic", "partition")
)
_age = metrics.gauge(
    "mesh_lag_age_seconds", "Age of the last handled message by the log's clock; 0 without lag.", ("group", "topic", "partition")
)
_event_age = metrics.gauge(
    "mesh_lag_event_age_seconds", "Now less the event time of the last handled message.", ("group", "topic", "partition")
)
log = structlog.get_logger("kafka.lag")


class StalledError(Exception):
    """A consumer does not move though there is something to read, or does not get its partitions."""


@dataclass(slots=True)
class _Place:
    next: int
    moved_at: float
    lag: int = 0
    last: Any = None
    excused: bool = False


class LagMonitor:
    """Knows how far each partition has been handled; ``run`` measures lag and raises when one stands still."""

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
        self._places: dict[TopicPartition, _Place] = {}
        self._answered_at = self._turned_at = time.monotonic()

    def turned(self) -> None:
        """The consumer's loop has come round."""
        self._turned_at = time.monotonic()

    @property
    def alive(self) -> bool:
        """The consumer's loop has come round within the stall limit."""
        return time.monotonic() - self._turned_at < self._stall

    def place(self, partition: TopicPartition, offset: int = -1) -> None:
        """``partition`` is ours and the next message to handle is ``offset``; -1: where Kafka says."""
        self._places[partition] = _Place(offset, time.monotonic())

    def took(self, partition: TopicPartition, message: Any) -> None:
        """``message`` is the next to be handled; aiokafka's own position is already behind it."""
        if (place := self._places.get(partition)) is not None:
            place.next = message.offset

    def moved(self, partition: TopicPartition, message: Any) -> None:
        """``message`` has been handled."""
        if (place := self._places.get(partition)) is not None:
            place.next, place.last, place.moved_at, place.excused = message.offset + 1, message, time.monotonic(), False

    def excuse(self, partition: TopicPartition) -> None:
        """``partition`` stands still on purpose until ``resume`` or ``moved``."""
        if (place := self._places.get(partition)) is not None:
            place.excused = True

    def resume(self, partition: TopicPartition) -> None:
        """``partition`` is to move again from now on."""
        if (place := self._places.get(partition)) is not None:
            place.moved_at, place.excused = time.monotonic(), False

    def drop(self, partition: TopicPartition) -> None:
        """``partition`` is not ours any more."""
        if self._places.pop(partition, None) is not None:
            for gauge in (_records, _age, _event_age):
                with suppress(KeyError):  # it was never measured
                    gauge.remove(self._group, partition.topic, str(partition.partition))

    def partitions(self) -> frozenset[TopicPartition]:
        """The partitions that are watched."""
        return frozenset(self._places)

    def lag(self) -> int:
        """Messages that wait in all partitions, as last measured."""
        return sum(place.lag for place in self._places.values())

    async def run(self) -> None:
        """Measure and judge for ever.

        Raises:
            StalledError: see the class.
        """
        while True:
            await asyncio.sleep(min(EVERY_SECONDS, self._stall / 4))
            try:
                await self._measure()
            except TransientError as error:
                log.warning("lag is unknown", group=self._group, error=str(error))
            self._judge(time.monotonic())

    async def _measure(self) -> None:
        if self._places:
            with kafka_errors("ask for the ends of the logs"):
                async with asyncio.timeout(QUERY_SECONDS):
                    ends = await self._consumer.end_offsets(list(self._places))
                    for partition in [one for one, place in self._places.items() if place.next < 0]:
                        position = await self._consumer.position(partition)
                        if (place := self._places.get(partition)) is not None and place.next < 0:
                            place.next = position
            for partition, end in ends.items():
                if (place := self._places.get(partition)) is not None:
                    place.lag = max(0, end - place.next)
                    if place.lag == 0:
                        place.moved_at = time.monotonic()
                    self._show(partition, place)
        self._answered_at = time.monotonic()

    def _show(self, partition: TopicPartition, place: _Place) -> None:
        labels = self._group, partition.topic, str(partition.partition)
        _records.labels(*labels).set(place.lag)
        if place.last is None:
            return
        now = time.time()
        _age.labels(*labels).set(max(0.0, now - place.last.timestamp / 1000) if place.lag else 0.0)
        try:
            event = wire.decode(self._topics[partition.topic], place.last.value)
        except wire.WireError:
            return  # a dead letter has no event time
        _event_age.labels(*labels).set(max(0.0, now - getattr(event, "ts_event", 0) / 1000))

    def _judge(self, now: float) -> None:
        for partition, place in self._places.items():
            if place.lag and not place.excused and now - place.moved_at > self._stall:
                raise StalledError(
                    f"{partition.topic}/{partition.partition} of {self._group}: {place.lag} messages wait at offset {place.next}, "
                    f"and it has not moved for {now - place.moved_at:.0f} s"
                )
        if now - self._answered_at > PATIENCE * self._stall:
            raise StalledError(f"{self._group}: the broker has not answered for {now - self._answered_at:.0f} s")
        if self._assignment and not self._assignment.joined and now - self._assignment.since > PATIENCE * self._stall:
            raise StalledError(f"{self._group}: no assignment for {now - self._assignment.since:.0f} s")
