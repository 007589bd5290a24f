"""A consumer group with at-least-once delivery: the offset is committed to Kafka after the handler returns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import metrics
from shared.failures import TransientError
from shared.kafka.assignment import Assignment, poll
from shared.kafka.batch_runner import BatchRunner, RecordHandler
from shared.kafka.connection import JOIN_SECONDS, QUERY_SECONDS, consumer_options, kafka_errors, start, stop
from shared.kafka.dead_letters import send_dead_letter
from shared.kafka.failure_rate import HOLD_SECONDS
from shared.kafka.lag import LagMonitor
from shared.kafka.pauses import Pauses
from shared.kafka.producer import Producer
from shared.kafka.records import record_of
from shared.settings import MeshSettings
from shared.tasks import run_all, run_until_first
from shared.topics import Topic
from shared.wire import WireError

_consumed = metrics.counter("mesh_consumed_total", "Messages handled or dead-lettered.", ("group", "topic"))
_failed_commits = metrics.counter("mesh_failed_commits_total", "Commits that failed.", ("group",))
log = structlog.get_logger("kafka.group")


class GroupConsumer:
    """Passes batches of one partition to a handler, in order; ``ready`` and ``alive`` are for the probes."""

    def __init__(
        self, consumer: AIOKafkaConsumer, topics: Sequence[Topic[Any]], group: str, producer: Producer, monitor: LagMonitor,
        assignment: Assignment, max_records: int, hold_seconds: float, side_by_side: bool,
    ) -> None:  # fmt: skip
        self._consumer = consumer
        self._topics = {topic.name: topic for topic in topics}
        self._group = group
        self._producer = producer
        self._monitor = monitor
        self._assignment = assignment
        self._max_records = max_records
        self._side_by_side = side_by_side
        self._pauses = Pauses(consumer, monitor, group, hold_seconds)
        self._epoch = -1

    @property
    def ready(self) -> bool:
        """Partitions are assigned, and none is held."""
        return self._assignment.joined and not self._pauses.held

    @property
    def held(self) -> bool:
        """A partition is held: most of its messages fail."""
        return self._pauses.held

    @property
    def partitions(self) -> frozenset[TopicPartition]:
        """The assigned partitions; none during a rebalance."""
        return self._assignment.owned()

    @property
    def alive(self) -> bool:
        """The consumer's loop has run within the stall limit."""
        return self._monitor.alive

    async def run(self, handle: RecordHandler, stopping: asyncio.Event) -> None:
        """Consume until ``stopping`` is set.

        ``handle`` gets records of one partition, in order, and must be idempotent: after a crash, a rebalance or an error it gets
        some again. When it raises, ``failures.classify`` decides: "retry" pauses the partition and tries again with backoff;
        "dead-letter" handles the records of the batch one by one, and the one that fails becomes a dead letter; "crash" ends
        the task.

        Raises:
            StalledError: there is lag, but no progress.
        """
        handling = BatchRunner(handle, self._topics, self._pauses, self._dead_letter)
        await run_until_first(self._group, self._loop(handling, stopping), self._monitor.run())

    async def _loop(self, handling: BatchRunner, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            self._monitor.loop_ran()
            if self._epoch != self._assignment.epoch:
                self._follow_assignment()
            self._pauses.resume_due()
            done: dict[TopicPartition, int] = {}
            batches = await poll(self._consumer, self._max_records)
            if self._side_by_side:
                await run_all(*(self._handle(handling, *batch, done, stopping) for batch in batches.items()))
            else:
                for batch in batches.items():
                    await self._handle(handling, *batch, done, stopping)
            if done and self._epoch == self._assignment.epoch:
                await self._commit(done)

    async def _handle(
        self,
        handling: BatchRunner,
        partition: TopicPartition,
        messages: Sequence[Any],
        done: dict[TopicPartition, int],
        stopping: asyncio.Event,
    ) -> None:
        """Handle a batch; puts the next offset of its partition into ``done``."""
        if self._epoch != self._assignment.epoch or stopping.is_set():
            return  # the partition may be assigned to another member, which reads these messages again
        self._monitor.started(partition, messages[0])
        handled = await self._handle_batch(handling, partition, messages)
        if handled:
            done[partition] = messages[handled - 1].offset + 1
            self._monitor.handled(partition, messages[handled - 1])
            _consumed.labels(self._group, partition.topic).inc(handled)

    def _follow_assignment(self) -> None:
        """Start reading the assigned partitions; aiokafka has set them to their committed offsets."""
        self._epoch = self._assignment.epoch
        owned = self._assignment.owned()
        self._pauses.forget()
        for partition in self._monitor.partitions() - owned:
            self._monitor.untrack(partition)
        for partition in owned:
            self._monitor.track(partition)
        self._consumer.resume(*owned)

    async def _handle_batch(self, handling: BatchRunner, partition: TopicPartition, messages: Sequence[Any]) -> int:
        """Handle a batch; returns how many of its messages, from the first on, are handled or dead-lettered."""
        topic = self._topics[partition.topic]
        try:
            records = [record_of(topic, message) for message in messages]
        except WireError:
            return await handling.handle_one_by_one(partition, messages)
        return await handling.handle_batch(partition, messages, records)

    async def _dead_letter(self, message: Any, error: Exception) -> None:
        await send_dead_letter(self._producer, message, self._group, error)

    async def _commit(self, done: dict[TopicPartition, int]) -> None:
        try:
            with kafka_errors("commit"):
                async with asyncio.timeout(QUERY_SECONDS):
                    await self._consumer.commit(done)
        except TransientError as error:  # the next commit covers it, or the next member reads the messages again
            _failed_commits.labels(self._group).inc()
            log.warning("commit failed", group=self._group, error=str(error))


@asynccontextmanager
async def open_group_consumer(
    settings: MeshSettings,
    topics: Sequence[Topic[Any]],
    group: str,
    producer: Producer,
    *,
    max_records: int = 500,
    hold_seconds: float = HOLD_SECONDS,
    side_by_side: bool = False,
) -> AsyncIterator[GroupConsumer]:
    """A consumer of ``topics`` in consumer group ``group``; ``producer`` carries its dead letters. Raises TransientError.

    ``hold_seconds``: a held partition retries its next message this often. ``side_by_side``: batches of different partitions are
    handled at the same time; the handler must bear that.
    """
    consumer = AIOKafkaConsumer(**consumer_options(settings, group, group))
    assignment = Assignment(consumer, group)
    monitor = LagMonitor(consumer, topics, group, settings.kafka_stall_seconds, assignment)
    consumer.subscribe([topic.name for topic in topics], listener=assignment)
    await start(consumer, f"join group {group}", JOIN_SECONDS)
    try:
        yield GroupConsumer(consumer, topics, group, producer, monitor, assignment, max_records, hold_seconds, side_by_side)
    finally:
        await stop(consumer)
