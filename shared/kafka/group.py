"""A plain consumer group: at least once, the position is in Kafka and is committed after the handling."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import metrics
from shared.failures import TransientError, classify
from shared.kafka.assignment import Assignment, poll
from shared.kafka.connection import ASK_SECONDS, JOIN_SECONDS, consumer_options, start, stop, translated
from shared.kafka.dead_letters import send_dead_letter
from shared.kafka.pauses import Pauses
from shared.kafka.producer import Producer
from shared.kafka.records import Record, record_of
from shared.kafka.watch import Watch, guarded
from shared.logs import tracing
from shared.settings import MeshSettings
from shared.topics import Topic
from shared.wire import WireError

Handle = Callable[[Sequence[Record[Any]]], Awaitable[None]]

_consumed = metrics.counter("mesh_consumed_total", "Messages that were handled or set aside.", ("group", "topic"))
_failed_commits = metrics.counter("mesh_failed_commits_total", "Commits that the broker did not take.", ("group",))
log = structlog.get_logger("kafka.group")


class GroupConsumer:
    """Hands over micro-batches of one partition, in order; ``ready`` and ``alive`` are for the probes."""

    def __init__(
        self, consumer: AIOKafkaConsumer, topics: Sequence[Topic[Any]], group: str, producer: Producer, watch: Watch,
        assignment: Assignment, max_records: int,
    ) -> None:  # fmt: skip
        self._consumer = consumer
        self._topics = {topic.name: topic for topic in topics}
        self._group = group
        self._producer = producer
        self._watch = watch
        self._assignment = assignment
        self._max_records = max_records
        self._pauses = Pauses(consumer, watch, group)
        self._epoch = -1

    @property
    def ready(self) -> bool:
        """Assigned, and no partition is held because too many of its messages fail."""
        return self._assignment.joined and not self._pauses.held

    @property
    def alive(self) -> bool:
        """The loop turns."""
        return self._watch.alive

    async def run(self, handle: Handle, stopping: asyncio.Event) -> None:
        """Consume until ``stopping`` is set.

        ``handle`` gets records of one partition, in order, and must be idempotent: after a crash, a rebalance or an error it sees
        some again. When it raises, ``failures.classify`` decides: "retry" pauses the partition and tries again with backoff;
        "dead-letter" handles the records of the batch one by one, and the one that fails becomes a dead letter; "crash" ends
        the task.

        Raises:
            StalledError: there is lag, but the position does not move.
        """
        await guarded(self._loop(handle, stopping), self._watch.run(), self._group)

    async def _loop(self, handle: Handle, stopping: asyncio.Event) -> None:
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
                handled = await self._take(handle, partition, messages)
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

    async def _take(self, handle: Handle, partition: TopicPartition, messages: Sequence[Any]) -> int:
        """Handle a batch; returns how many of its messages are done with, from the first on."""
        topic = self._topics[partition.topic]
        try:
            records = [record_of(topic, message) for message in messages]
            with tracing(records[-1].traceparent):
                await handle(records)
        except WireError:
            return await self._take_singly(handle, partition, messages)
        except Exception as error:
            match classify(error):
                case "crash":
                    raise
                case "retry":
                    self._pauses.retry(partition, messages[0].offset, error)
                    return 0
                case "dead-letter":
                    log.warning("a batch failed: handling it one by one", topic=topic.name, size=len(messages), exc_info=error)
                    return await self._take_singly(handle, partition, messages)
        self._pauses.passed(partition, len(messages))
        return len(messages)

    async def _take_singly(self, handle: Handle, partition: TopicPartition, messages: Sequence[Any]) -> int:
        for done, message in enumerate(messages):
            try:
                record = record_of(self._topics[partition.topic], message)
                with tracing(record.traceparent):
                    await handle([record])
            except Exception as error:  # noqa: BLE001 - classified right below
                if not await self._set_aside(partition, message, error):
                    return done
            else:
                self._pauses.passed(partition, 1)
        return len(messages)

    async def _set_aside(self, partition: TopicPartition, message: Any, error: Exception) -> bool:
        """True when the message became a dead letter; False when the partition waits before it. Raises what is to crash."""
        verdict = classify(error)
        if verdict == "crash":
            raise error
        if verdict == "retry":
            self._pauses.retry(partition, message.offset, error)
            return False
        if self._pauses.failed(partition, message.offset, error):
            return False
        try:
            await send_dead_letter(self._producer, message, self._group, error)
        except TransientError as unsent:
            self._pauses.retry(partition, message.offset, unsent)
            return False
        return True

    async def _commit(self, done: dict[TopicPartition, int]) -> None:
        try:
            with translated("commit"):
                async with asyncio.timeout(ASK_SECONDS):
                    await self._consumer.commit(done)
        except TransientError as error:  # the next commit covers it, or the next owner sees the messages again
            _failed_commits.labels(self._group).inc()
            log.warning("commit failed", group=self._group, error=str(error))


@asynccontextmanager
async def open_group_consumer(
    settings: MeshSettings, topics: Sequence[Topic[Any]], group: str, producer: Producer, *, max_records: int = 500
) -> AsyncIterator[GroupConsumer]:
    """A consumer of ``topics`` in consumer group ``group``; ``producer`` carries its dead letters. Raises TransientError."""
    consumer = AIOKafkaConsumer(**consumer_options(settings, group, group))
    assignment = Assignment(consumer, group)
    watch = Watch(consumer, topics, group, settings.kafka_stall_seconds, assignment)
    consumer.subscribe([topic.name for topic in topics], listener=assignment)
    await start(consumer, f"join group {group}", JOIN_SECONDS)
    try:
        yield GroupConsumer(consumer, topics, group, producer, watch, assignment, max_records)
    finally:
        await stop(consumer)
