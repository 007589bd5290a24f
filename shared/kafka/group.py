"""A plain consumer group: at least once, the position is in Kafka and is committed after the handling."""

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
from shared.kafka.connection import JOIN_SECONDS, QUERY_SECONDS, consumer_options, kafka_errors, start, stop
from shared.kafka.dead_letters import send_dead_letter
from shared.kafka.failure_rate import HOLD_SECONDS
from shared.kafka.handling import BatchHandling, RecordHandler
from shared.kafka.lag import LagMonitor
from shared.kafka.pauses import Pauses
from shared.kafka.producer import Producer
from shared.kafka.records import record_of
from shared.settings import MeshSettings
from shared.tasks import first_of
from shared.topics import Topic
from shared.wire import WireError

_consumed = metrics.counter("mesh_consumed_total", "Messages that were handled or set aside.", ("group", "topic"))
_failed_commits = metrics.counter("mesh_failed_commits_total", "Commits that the broker did not take.", ("group",))
log = structlog.get_logger("kafka.group")


class GroupConsumer:
    """Hands over micro-batches of one partition, in order; ``ready`` and ``alive`` are for the probes."""

    def __init__(
        self, consumer: AIOKafkaConsumer, topics: Sequence[Topic[Any]], group: str, producer: Producer, watch: LagMonitor,
        assignment: Assignment, max_records: int, hold_seconds: float,
    ) -> None:  # fmt: skip
        self._consumer = consumer
        self._topics = {topic.name: topic for topic in topics}
        self._group = group
        self._producer = producer
        self._watch = watch
        self._assignment = assignment
        self._max_records = max_records
        self._pauses = Pauses(consumer, watch, group, hold_seconds)
        self._epoch = -1

    @property
    def ready(self) -> bool:
        """Assigned, and no partition is held because too many of its messages fail."""
        return self._assignment.joined and not self._pauses.held

    @property
    def held(self) -> bool:
        """A partition stands still because too many of its messages fail."""
        return self._pauses.held

    @property
    def partitions(self) -> frozenset[TopicPartition]:
        """What the group gives us now; none while a rebalance is under way."""
        return self._assignment.owned()

    @property
    def alive(self) -> bool:
        """The loop turns."""
        return self._watch.alive

    async def run(self, handle: RecordHandler, stopping: asyncio.Event) -> None:
        """Consume until ``stopping`` is set.

        ``handle`` gets records of one partition, in order, and must be idempotent: after a crash, a rebalance or an error it sees
        some again. When it raises, ``failures.classify`` decides: "retry" pauses the partition and tries again with backoff;
        "dead-letter" handles the records of the batch one by one, and the one that fails becomes a dead letter; "crash" ends
        the task.

        Raises:
            StalledError: there is lag, but the position does not move.
        """
        handling = BatchHandling(handle, self._topics, self._pauses, self._set_aside)
        await first_of(self._group, self._loop(handling, stopping), self._watch.run())

    async def _loop(self, handling: BatchHandling, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            self._watch.turned()
            if self._epoch != self._assignment.epoch:
                self._adopt()
            self._pauses.wake()
            done: dict[TopicPartition, int] = {}
            for partition, messages in (await poll(self._consumer, self._max_records)).items():
                if self._epoch != self._assignment.epoch or stopping.is_set():
                    break  # fetched for an assignment that is gone, or not to be begun: whoever owns it now gets it again
                self._watch.took(partition, messages[0])
                handled = await self._take(handling, partition, messages)
                if handled:
                    done[partition] = messages[handled - 1].offset + 1
                    self._watch.moved(partition, messages[handled - 1])
                    _consumed.labels(self._group, partition.topic).inc(handled)
            if done and self._epoch == self._assignment.epoch:
                await self._commit(done)

    def _adopt(self) -> None:
        """Begin with the partitions that are ours now; aiokafka has set them back to their committed offsets."""
        self._epoch = self._assignment.epoch
        owned = self._assignment.owned()
        self._pauses.forget()
        for partition in self._watch.partitions() - owned:
            self._watch.drop(partition)
        for partition in owned:
            self._watch.place(partition)
        self._consumer.resume(*owned)

    async def _take(self, handling: BatchHandling, partition: TopicPartition, messages: Sequence[Any]) -> int:
        """Handle a batch; returns how many of its messages are done with, from the first on."""
        topic = self._topics[partition.topic]
        try:
            records = [record_of(topic, message) for message in messages]
        except WireError:
            return await handling.take_singly(partition, messages)
        return await handling.take(partition, messages, records)

    async def _set_aside(self, message: Any, error: Exception) -> None:
        await send_dead_letter(self._producer, message, self._group, error)

    async def _commit(self, done: dict[TopicPartition, int]) -> None:
        try:
            with kafka_errors("commit"):
                async with asyncio.timeout(QUERY_SECONDS):
                    await self._consumer.commit(done)
        except TransientError as error:  # the next commit covers it, or the next owner sees the messages again
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
) -> AsyncIterator[GroupConsumer]:
    """A consumer of ``topics`` in consumer group ``group``; ``producer`` carries its dead letters. Raises TransientError.

    ``hold_seconds``: a partition most of whose messages fail tries the next one again this often.
    """
    consumer = AIOKafkaConsumer(**consumer_options(settings, group, group))
    assignment = Assignment(consumer, group)
    watch = LagMonitor(consumer, topics, group, settings.kafka_stall_seconds, assignment)
    consumer.subscribe([topic.name for topic in topics], listener=assignment)
    await start(consumer, f"join group {group}", JOIN_SECONDS)
    try:
        yield GroupConsumer(consumer, topics, group, producer, watch, assignment, max_records, hold_seconds)
    finally:
        await stop(consumer)
