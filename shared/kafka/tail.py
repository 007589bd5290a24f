"""Following topics without a consumer group: every partition, from some messages before the end, then live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import metrics
from shared.kafka.assignment import poll
from shared.kafka.batch_runner import BatchRunner, RecordHandler
from shared.kafka.connection import START_SECONDS, consumer_options, kafka_errors, start, stop
from shared.kafka.failure_rate import HOLD_SECONDS
from shared.kafka.lag import LagMonitor
from shared.kafka.pauses import Pauses
from shared.kafka.records import Record, record_of
from shared.settings import MeshSettings
from shared.tasks import run_until_first
from shared.topics import Topic
from shared.wire import WireError

_skipped = metrics.counter(
    "mesh_skipped_total", "Messages skipped by a reader that publishes no dead letters.", ("reader", "topic")
)
log = structlog.get_logger("kafka.tail")


class Tail:
    """Reads every partition of some topics. Messages that cannot be decoded or handled are counted and skipped."""

    def __init__(
        self, consumer: AIOKafkaConsumer, topics: Mapping[str, Topic[Any]], name: str, monitor: LagMonitor,
        unread: Mapping[TopicPartition, int], max_records: int, hold_seconds: float,
    ) -> None:  # fmt: skip
        self._consumer = consumer
        self._topics = topics
        self._name = name
        self._monitor = monitor
        self._unread = dict(unread)
        self._max_records = max_records
        self._pauses = Pauses(consumer, monitor, name, hold_seconds)

    @property
    def caught_up(self) -> bool:
        """Every message that the topics held when the tail was opened has been handled. Stays true."""
        return not self._unread

    @property
    def alive(self) -> bool:
        """The loop has run within the stall limit."""
        return self._monitor.alive

    @property
    def held(self) -> bool:
        """A partition is held: most of its messages fail."""
        return self._pauses.held

    async def run(self, handle: RecordHandler, stopping: asyncio.Event) -> None:
        """Pass records to ``handle`` in the order of each partition until ``stopping`` is set. Goes on after an outage.

        When ``handle`` raises, the same happens as in ``GroupConsumer.run``, but a message that would become a dead letter there
        is counted and skipped. ``handle`` may get some records again.

        Raises:
            StalledError: there is lag, but no progress.
        """
        handling = BatchRunner(handle, self._topics, self._pauses, self._skip)
        await run_until_first(self._name, self._loop(handling, stopping), self._monitor.run())

    async def _loop(self, handling: BatchRunner, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            self._monitor.loop_ran()
            self._pauses.resume_due()
            batches = await poll(self._consumer, self._max_records)
            for partition, messages in batches.items():
                await self._handle_batch(handling, partition, messages)
            if not batches and self._unread:
                await self._check_positions()

    async def _handle_batch(self, handling: BatchRunner, partition: TopicPartition, messages: Sequence[Any]) -> None:
        decoded = await self._decode(partition, messages)
        last = messages[-1]
        if decoded:
            known, records = [message for message, _ in decoded], [record for _, record in decoded]
            handled = await handling.handle_batch(partition, known, records)
            if handled == 0:
                return
            last = last if handled == len(known) else known[handled - 1]
        self._monitor.handled(partition, last)
        if last is messages[-1] and last.offset + 1 >= self._unread.get(partition, 0):
            self._unread.pop(partition, None)

    async def _check_positions(self) -> None:
        """Compare positions: a compacted or emptied log may have no message at its last offset."""
        for partition, end in list(self._unread.items()):
            if await self._consumer.position(partition) >= end:
                del self._unread[partition]

    async def _decode(self, partition: TopicPartition, messages: Sequence[Any]) -> list[tuple[Any, Record[Any]]]:
        topic = self._topics[partition.topic]
        found = []
        for message in messages:
            try:
                found.append((message, record_of(topic, message)))
            except WireError as error:
                await self._skip(message, error)
        return found

    async def _skip(self, message: Any, error: Exception) -> None:
        _skipped.labels(self._name, message.topic).inc()
        log.warning("skipped", topic=message.topic, partition=message.partition, offset=message.offset, error=str(error))


@asynccontextmanager
async def open_tail(
    settings: MeshSettings,
    back: Mapping[Topic[Any], int | None],
    client_id: str,
    *,
    max_records: int = 2000,
    hold_seconds: float = HOLD_SECONDS,
) -> AsyncIterator[Tail]:
    """A tail over the topics in ``back``: how many messages of each partition to start before the end; None: all of them.

    ``hold_seconds``: a held partition retries its next message this often.

    Raises:
        TransientError: the broker does not answer, or does not have one of the topics.
    """
    consumer = AIOKafkaConsumer(*(topic.name for topic in back), **consumer_options(settings, client_id, None))
    await start(consumer, "follow topics")
    try:
        with kafka_errors("read the first and end offsets"):
            async with asyncio.timeout(START_SECONDS):
                ends = await _position(consumer, back)
        topics = {topic.name: topic for topic in back}
        monitor = LagMonitor(consumer, back, client_id, settings.kafka_stall_seconds, None)
        for partition, (begin, _) in ends.items():
            monitor.track(partition, begin)
        unread = {partition: end for partition, (begin, end) in ends.items() if begin < end}
        yield Tail(consumer, topics, client_id, monitor, unread, max_records, hold_seconds)
    finally:
        await stop(consumer)


async def _position(consumer: AIOKafkaConsumer, back: Mapping[Topic[Any], int | None]) -> dict[TopicPartition, tuple[int, int]]:
    """Seek each partition to the start of its tail; returns (first, end) of each."""
    partitions = sorted(consumer.assignment())
    if missing := {topic.name for topic in back} - {partition.topic for partition in partitions}:
        raise TimeoutError(f"the broker has no topics {sorted(missing)}")
    starts, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
    wanted = {topic.name: count for topic, count in back.items()}
    found = {}
    for partition in partitions:
        count = wanted[partition.topic]
        begin = starts[partition] if count is None else max(starts[partition], ends[partition] - count)
        consumer.seek(partition, begin)
        found[partition] = (begin, ends[partition])
    return found
