"""Following topics without a group: every partition, from some messages back, then live. For readers that keep the newest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import metrics
from shared.kafka.assignment import poll
from shared.kafka.connection import START_SECONDS, consumer_options, kafka_errors, start, stop
from shared.kafka.failure_rate import HOLD_SECONDS
from shared.kafka.handling import BatchHandling, RecordHandler
from shared.kafka.lag import LagMonitor
from shared.kafka.pauses import Pauses
from shared.kafka.records import Record, record_of
from shared.settings import MeshSettings
from shared.tasks import first_of
from shared.topics import Topic
from shared.wire import WireError

_skipped = metrics.counter("mesh_skipped_total", "Messages that a reader without dead letters left out.", ("reader", "topic"))
log = structlog.get_logger("kafka.tail")


class Tail:
    """Reads every partition of some topics. What cannot be decoded or handled is counted and left out; it has no dead letters."""

    def __init__(
        self, consumer: AIOKafkaConsumer, topics: Mapping[str, Topic[Any]], name: str, watch: LagMonitor,
        behind: Mapping[TopicPartition, int], max_records: int, hold_seconds: float,
    ) -> None:  # fmt: skip
        self._consumer = consumer
        self._topics = topics
        self._name = name
        self._watch = watch
        self._behind = dict(behind)
        self._max_records = max_records
        self._pauses = Pauses(consumer, watch, name, hold_seconds)

    @property
    def caught_up(self) -> bool:
        """Every message that was there when the tail was opened has been handed over. Stays true."""
        return not self._behind

    @property
    def alive(self) -> bool:
        """The loop turns."""
        return self._watch.alive

    @property
    def held(self) -> bool:
        """A partition stands still because too many of its messages fail."""
        return self._pauses.held

    async def run(self, handle: RecordHandler, stopping: asyncio.Event) -> None:
        """Hand over records in the order of each partition until ``stopping`` is set. Survives a broker that is away.

        When ``handle`` raises, the same happens as in a consumer group, but a message that would become a dead letter there is
        counted and left out; so ``handle`` may see some again.

        Raises:
            StalledError: there is lag, but the position does not move.
        """
        handling = BatchHandling(handle, self._topics, self._pauses, self._leave_out)
        await first_of(self._name, self._loop(handling, stopping), self._watch.run())

    async def _loop(self, handling: BatchHandling, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            self._watch.turned()
            self._pauses.wake()
            batches = await poll(self._consumer, self._max_records)
            for partition, messages in batches.items():
                await self._take(handling, partition, messages)
            if not batches and self._behind:
                await self._look_again()

    async def _take(self, handling: BatchHandling, partition: TopicPartition, messages: Sequence[Any]) -> None:
        decoded = await self._decode(partition, messages)
        last = messages[-1]
        if decoded:
            known, records = [message for message, _ in decoded], [record for _, record in decoded]
            handled = await handling.take(partition, known, records)
            if handled == 0:
                return
            last = last if handled == len(known) else known[handled - 1]
        self._watch.moved(partition, last)
        if last is messages[-1] and last.offset + 1 >= self._behind.get(partition, 0):
            self._behind.pop(partition, None)

    async def _look_again(self) -> None:
        """A compacted or emptied log may end without a message at its last offset."""
        for partition, end in list(self._behind.items()):
            if await self._consumer.position(partition) >= end:
                del self._behind[partition]

    async def _decode(self, partition: TopicPartition, messages: Sequence[Any]) -> list[tuple[Any, Record[Any]]]:
        topic = self._topics[partition.topic]
        found = []
        for message in messages:
            try:
                found.append((message, record_of(topic, message)))
            except WireError as error:
                await self._leave_out(message, error)
        return found

    async def _leave_out(self, message: Any, error: Exception) -> None:
        _skipped.labels(self._name, message.topic).inc()
        log.warning("left out", topic=message.topic, partition=message.partition, offset=message.offset, error=str(error))


@asynccontextmanager
async def open_tail(
    settings: MeshSettings,
    back: Mapping[Topic[Any], int | None],
    client_id: str,
    *,
    max_records: int = 2000,
    hold_seconds: float = HOLD_SECONDS,
) -> AsyncIterator[Tail]:
    """A tail over the topics in ``back``: how many messages a partition to start before the end; None: all of them.

    ``hold_seconds``: a partition most of whose messages fail tries the next one again this often.

    Raises:
        TransientError: the broker does not answer, or does not have one of the topics.
    """
    consumer = AIOKafkaConsumer(*(topic.name for topic in back), **consumer_options(settings, client_id, None))
    await start(consumer, "follow topics")
    try:
        with kafka_errors("find the ends of the logs"):
            async with asyncio.timeout(START_SECONDS):
                ends = await _position(consumer, back)
        topics = {topic.name: topic for topic in back}
        watch = LagMonitor(consumer, back, client_id, settings.kafka_stall_seconds, None)
        for partition, (begin, _) in ends.items():
            watch.place(partition, begin)
        behind = {partition: end for partition, (begin, end) in ends.items() if begin < end}
        yield Tail(consumer, topics, client_id, watch, behind, max_records, hold_seconds)
    finally:
        await stop(consumer)


async def _position(consumer: AIOKafkaConsumer, back: Mapping[Topic[Any], int | None]) -> dict[TopicPartition, tuple[int, int]]:
    """Put each partition where its tail begins; returns (first, end) of each."""
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
