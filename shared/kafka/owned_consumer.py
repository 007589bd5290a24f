"""Consuming with the position in the service's own checkpoint; the offset that Kafka commits only shows lag.

An owned partition has state in memory that one process alone keeps: it restores the state from its checkpoint when the partition
is assigned, and after every failure.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import metrics
from shared.backoff import Backoff
from shared.failures import FencedError, TransientError, classify
from shared.kafka.assignment import Assignment, poll
from shared.kafka.connection import JOIN_SECONDS, QUERY_SECONDS, consumer_options, kafka_errors, start, stop
from shared.kafka.dead_letters import send_dead_letter
from shared.kafka.failure_rate import HOLD_SECONDS, FailureGuard
from shared.kafka.lag import LagMonitor
from shared.kafka.partition_owner import PartitionOwner
from shared.kafka.poison_search import PoisonSearch
from shared.kafka.producer import Producer
from shared.settings import MeshSettings
from shared.tasks import run_until_first
from shared.topics import Topic

COMMIT_EVERY_SECONDS: Final = 5.0
MOST_DEAD_LETTERS: Final = 10_000
SEARCH_MESSAGES: Final = 800
"""The number of messages searched for poison when a flush fails because of a message handled earlier."""

_consumed = metrics.counter("mesh_consumed_total", "Messages handled or dead-lettered.", ("group", "topic"))
_restores = metrics.counter("mesh_restores_total", "Partitions restored, by reason.", ("group", "reason"))
log = structlog.get_logger("kafka.owned")


class BeyondLogError(Exception):
    """A checkpoint is beyond the end of the log: it was written with the data of another broker."""


HandledPart = tuple[TopicPartition, Sequence[Any]]
"""A partition and the messages of it that the owner handled last."""


class HeldError(TransientError):
    """Most messages of the partition fail: it is held, and no further dead letter is published."""


class OwnedConsumer:
    """Gives a ``PartitionOwner`` its partitions and their messages; ``ready`` and ``alive`` are for the probes."""

    def __init__(
        self, consumer: AIOKafkaConsumer, topic: Topic[Any], group: str, producer: Producer, monitor: LagMonitor,
        assignment: Assignment, max_records: int, hold_seconds: float,
    ) -> None:  # fmt: skip
        self._consumer = consumer
        self._topic = topic
        self._group = group
        self._producer = producer
        self._monitor = monitor
        self._assignment = assignment
        self._max_records = max_records
        self._hold_seconds = hold_seconds
        self._guard = FailureGuard(group)
        self._searches: dict[TopicPartition, PoisonSearch] = {}
        self._counted_until: dict[TopicPartition, int] = {}
        """Messages before these offsets are counted in the failure rate: after a restore they are not counted again."""
        self._dead_letters: dict[tuple[TopicPartition, int], None] = {}
        """The newest dead letters of this process, oldest first: after a restore they are not published again."""
        self._unflushed: set[TopicPartition] = set()
        """Partitions with messages handled since the last complete flush."""
        self._random = Random()  # noqa: S311 - jitter
        self._epoch = -1
        self._next: dict[TopicPartition, int] = {}
        """Restored partitions and the next offset of each."""
        self._due: dict[TopicPartition, float] = {}
        """Partitions to restore, and when."""
        self._backoffs: dict[TopicPartition | None, Backoff] = {}
        self._flush_at = 0.0
        self._committed_at = 0.0

    @property
    def ready(self) -> bool:
        """All partitions of the current assignment are restored."""
        return self._assignment.joined and self._epoch == self._assignment.epoch and not self._due

    @property
    def held(self) -> bool:
        """Whether a partition is held: most of its messages fail."""
        return bool(self._guard.held)

    @property
    def alive(self) -> bool:
        """The consumer's loop has run within the stall limit."""
        return self._monitor.alive

    @property
    def partitions(self) -> frozenset[int]:
        """The restored partitions."""
        return frozenset(partition.partition for partition in self._next)

    @property
    def lag(self) -> int:
        """Lag in messages, as last measured (every 5 s)."""
        return self._monitor.lag()

    async def dead_letter(self, message: Any, error: BaseException) -> None:
        """Publish one message as a dead letter, before a checkpoint passes it. For an owner's ``handle``, which then continues.

        A message is published once in the life of this process, but again after a restart from a checkpoint before it.

        Raises:
            TransientError: the dead letter was not acknowledged, or most messages fail; ``handle`` must not catch it.
        """
        partition = TopicPartition(message.topic, message.partition)
        if (partition, message.offset) in self._dead_letters:
            return
        if self._guard.failed(partition, error):
            raise HeldError(f"most messages fail: {error}")
        await send_dead_letter(self._producer, message, self._group, error)
        self._dead_letters[partition, message.offset] = None
        if len(self._dead_letters) > MOST_DEAD_LETTERS:
            del self._dead_letters[next(iter(self._dead_letters))]

    async def run(self, owner: PartitionOwner, stopping: asyncio.Event) -> None:
        """Consume until ``stopping`` is set, then flush all checkpoints.

        When ``owner`` raises, ``failures.classify`` decides: "retry" restores the partition after a pause; "dead-letter" restores
        it, finds the message and dead-letters it, or holds the partition if most messages fail; "crash" ends the task, and the
        next process starts from the checkpoint.

        Raises:
            StalledError: there is lag, but no progress.
            BeyondLogError: a checkpoint is beyond the end of the log.
        """
        await run_until_first(self._group, self._loop(owner, stopping), self._monitor.run())

    async def _loop(self, owner: PartitionOwner, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            self._monitor.loop_ran()
            if self._epoch != self._assignment.epoch:
                await self._follow_assignment(owner)
            await self._restore_due(owner)
            for partition, messages in (await poll(self._consumer, self._max_records)).items():
                if self._epoch != self._assignment.epoch or stopping.is_set():
                    break  # fetched for an earlier assignment
                await self._handle_messages(owner, partition, messages)
            await self._flush(owner)
            await self._commit_position()
        await self._flush(owner, final=True)
        self._committed_at = 0.0
        await self._commit_position()

    async def _follow_assignment(self, owner: PartitionOwner) -> None:
        """Forget revoked partitions, schedule new ones for restore, and seek kept ones back: aiokafka has moved them."""
        self._epoch = self._assignment.epoch
        owned = self._assignment.owned()
        if self._assignment.joined:
            self._guard.keep(owned)
        for partition in self._monitor.partitions() - owned:
            self._monitor.untrack(partition)
        for partition in (self._next.keys() | self._due.keys()) - owned:
            if self._assignment.joined:
                self._next.pop(partition, None)
                self._due.pop(partition, None)
                self._unflushed.discard(partition)
                self._searches.pop(partition, None)
                self._counted_until.pop(partition, None)
                await owner.forget(partition.partition)
        for partition in owned:
            if partition in self._next:
                self._seek_and_resume(partition, self._next[partition])
            elif partition not in self._due:
                self._restore_later(partition, 0.0, "assigned")

    async def _restore_due(self, owner: PartitionOwner) -> None:
        now = time.monotonic()
        for partition in [one for one, at in self._due.items() if at <= now]:
            if self._epoch != self._assignment.epoch:
                return
            try:
                offset = await self._restore(owner, partition)
            except Exception as error:
                if classify(error) != "retry":
                    raise
                await self._restore_after_backoff(owner, partition, error)
                continue
            del self._due[partition]
            self._next[partition] = offset
            self._seek_and_resume(partition, offset)
            self._monitor.loop_ran()

    async def _restore(self, owner: PartitionOwner, partition: TopicPartition) -> int:
        with kafka_errors(f"read the first and end offset of {partition.topic}/{partition.partition}"):
            async with asyncio.timeout(QUERY_SECONDS):
                starts = await self._consumer.beginning_offsets([partition])
                ends = await self._consumer.end_offsets([partition])
        log_start, log_end = int(starts[partition]), int(ends[partition])
        offset = await owner.restore(partition.partition, log_start)
        if offset is not None and offset > log_end:
            raise BeyondLogError(
                f"{partition.topic}/{partition.partition}: the checkpoint is at offset {offset}, but the log ends at "
                f"{log_end}: restore the broker's data, or delete this partition's checkpoint"
            )
        if offset is not None and offset < log_start:
            log.error(
                "messages are lost: the log starts after the checkpoint",
                partition=partition.partition,
                offset=offset,
                start=log_start,
            )
        return log_start if offset is None else max(offset, log_start)

    async def _handle_messages(self, owner: PartitionOwner, partition: TopicPartition, messages: Sequence[Any]) -> None:
        expected = self._next.get(partition)
        if expected is None:
            return  # not restored yet
        if messages[0].offset < expected:
            self._seek_and_resume(partition, expected)  # fetched before the last seek
            return
        if messages[0].offset > expected and await self._retention_passed(partition, expected):
            await self._discard(owner, partition, 0.0, "fell off the log")
            return
        search = self._searches.get(partition)
        for part in [messages] if search is None else search.parts(messages):
            if not await self._handle_part(owner, partition, part):
                return
            if search is not None and not await self._flush(owner, final=True, last_part=(partition, part)):
                return

    async def _handle_part(self, owner: PartitionOwner, partition: TopicPartition, part: Sequence[Any]) -> bool:
        """Pass some messages to the owner; False when the partition is to be restored."""
        search = self._searches.get(partition)
        try:
            if search is not None and search.is_excluded(part[0].offset):
                await owner.skip(partition.partition, part[0].offset)
            else:
                await owner.handle(partition.partition, part)
        except FencedError as error:
            await self._discard_fenced(owner, error, partition)
        except Exception as error:  # noqa: BLE001 - _failed classifies it
            await self._failed(owner, partition, part, error)
        else:
            self._passed(partition, part)
            return True
        return False

    def _passed(self, partition: TopicPartition, part: Sequence[Any]) -> None:
        after, counted_until = part[-1].offset + 1, self._counted_until.get(partition, 0)
        new = sum(message.offset >= counted_until and (partition, message.offset) not in self._dead_letters for message in part)
        if new:
            self._guard.passed(partition, new)
        self._counted_until[partition] = max(after, counted_until)
        self._next[partition] = after
        self._unflushed.add(partition)
        self._monitor.loop_ran()
        self._monitor.handled(partition, part[-1])
        self._backoff(partition).reset()
        _consumed.labels(self._group, partition.topic).inc(len(part))

    async def _failed(self, owner: PartitionOwner, partition: TopicPartition, part: Sequence[Any], error: Exception) -> None:
        """Discard the state and act on the error. Raises errors that are to end the task."""
        action = classify(error)
        if action == "crash":
            raise error
        if isinstance(error, HeldError):
            await self._discard(owner, partition, self._hold_seconds, "held")
        elif action == "retry":
            await self._restore_after_backoff(owner, partition, error)
        elif len(part) > 1:
            log.warning("a batch failed: searching for the message", partition=partition.partition, size=len(part), exc_info=error)
            self._searches.setdefault(partition, PoisonSearch()).narrow(part[0].offset, part[-1].offset + 1)
            await self._discard(owner, partition, 0.0, "poison")
        else:
            await self._dead_letter_poison(owner, partition, part[0], error)

    async def _dead_letter_poison(self, owner: PartitionOwner, partition: TopicPartition, message: Any, error: Exception) -> None:
        try:
            await self.dead_letter(message, error)
        except HeldError:
            await self._discard(owner, partition, self._hold_seconds, "held")
        except TransientError as publish_error:
            await self._restore_after_backoff(owner, partition, publish_error)
        else:
            self._searches.setdefault(partition, PoisonSearch()).exclude(message.offset)
            await self._discard(owner, partition, 0.0, "poison")

    async def _retention_passed(self, partition: TopicPartition, expected: int) -> bool:
        """True when retention deleted the expected message; False when the log only has a gap there."""
        try:
            with kafka_errors("read the first offset"):
                async with asyncio.timeout(QUERY_SECONDS):
                    return bool((await self._consumer.beginning_offsets([partition]))[partition] > expected)
        except TransientError:
            return True

    async def _flush(self, owner: PartitionOwner, *, final: bool = False, last_part: HandledPart | None = None) -> bool:
        """Let the owner write the checkpoints that are due; False when a partition is to be restored."""
        if not final and time.monotonic() < self._flush_at:
            return True
        try:
            await owner.flush(final)
        except FencedError as error:
            await self._discard_fenced(owner, error, None)
        except Exception as error:
            action = classify(error)
            if action == "crash" or (final and last_part is None):
                raise
            if action == "retry" and last_part is not None:  # otherwise the next part would be taken for the cause
                await self._restore_after_backoff(owner, last_part[0], error)
                return False
            if action == "retry":
                seconds = self._backoff(None).next()
                self._flush_at = time.monotonic() + seconds
                log.warning("flush failed", final=final, seconds=seconds, error=str(error))
                return True  # the state in memory stays valid
            await self._flush_failed(owner, last_part, error)
        else:
            self._backoff(None).reset()
            if final:
                self._flushed()
            return True
        return False

    def _flushed(self) -> None:
        self._unflushed.clear()
        for partition, search in list(self._searches.items()):
            if partition in self._next and search.stored_until(self._next[partition]):
                del self._searches[partition]

    async def _flush_failed(self, owner: PartitionOwner, last_part: HandledPart | None, error: Exception) -> None:
        """Find the message that makes the flush fail: among the last ones if all others are flushed. Raises if there is none."""
        if last_part is not None and self._unflushed <= {last_part[0]}:
            await self._failed(owner, *last_part, error)
            return
        candidates = {partition: self._next[partition] for partition in self._unflushed if partition in self._next}
        if not candidates:
            raise error
        log.warning(
            "flush failed: searching for the message", partitions=sorted(one.partition for one in candidates), exc_info=error
        )
        for partition, end in candidates.items():
            self._searches.setdefault(partition, PoisonSearch()).narrow(max(0, end - SEARCH_MESSAGES), end)
            await self._discard(owner, partition, self._backoff(None).next(), "poison")

    async def _discard_fenced(self, owner: PartitionOwner, error: FencedError, current: TopicPartition | None) -> None:
        log.warning("fenced", group=self._group, error=str(error))
        for partition in list(self._next):
            if error.partition == partition.partition or (error.partition is None and current in (None, partition)):
                await self._discard(owner, partition, self._backoff(partition).next(), "fenced")

    async def _restore_after_backoff(self, owner: PartitionOwner, partition: TopicPartition, error: BaseException) -> None:
        seconds = self._backoff(partition).next()
        log.warning("restoring after a pause", partition=partition.partition, seconds=seconds, error=str(error))
        await self._discard(owner, partition, seconds, "transient")

    async def _discard(self, owner: PartitionOwner, partition: TopicPartition, seconds: float, reason: str) -> None:
        """Drop the state of the partition without storing it, and restore it later."""
        await owner.forget(partition.partition)
        self._restore_later(partition, seconds, reason)

    def _restore_later(self, partition: TopicPartition, seconds: float, reason: str) -> None:
        _restores.labels(self._group, reason).inc()
        self._next.pop(partition, None)
        self._unflushed.discard(partition)
        self._due[partition] = time.monotonic() + seconds
        with kafka_errors("pause"):
            if partition in self._assignment.owned():
                self._consumer.pause(partition)
        self._monitor.expect_pause(partition)

    def _seek_and_resume(self, partition: TopicPartition, offset: int) -> None:
        if partition in self._assignment.owned():
            self._consumer.seek(partition, offset)
            self._consumer.resume(partition)
            self._monitor.track(partition, offset)

    def _backoff(self, partition: TopicPartition | None) -> Backoff:
        return self._backoffs.setdefault(partition, Backoff(self._random))

    async def _commit_position(self) -> None:
        """Commit the positions to Kafka so that its tools show the lag. They are never read back: the checkpoint decides."""
        owned = self._assignment.owned()
        positions = {one: offset for one, offset in self._next.items() if one in owned}  # empty after all partitions were revoked
        if not positions or time.monotonic() - self._committed_at < COMMIT_EVERY_SECONDS:
            return
        self._committed_at = time.monotonic()
        try:
            with kafka_errors("commit"):
                async with asyncio.timeout(QUERY_SECONDS):
                    await self._consumer.commit(positions)
        except TransientError as error:
            log.info("commit failed", group=self._group, error=str(error))


@asynccontextmanager
async def open_owned_consumer(
    settings: MeshSettings,
    topic: Topic[Any],
    group: str,
    producer: Producer,
    *,
    max_records: int = 2000,
    hold_seconds: float = HOLD_SECONDS,
) -> AsyncIterator[OwnedConsumer]:
    """A consumer of the partitions of ``topic`` that consumer group ``group`` assigns. Raises TransientError.

    ``hold_seconds``: a held partition retries its next message this often.
    """
    consumer = AIOKafkaConsumer(**consumer_options(settings, group, group))
    assignment = Assignment(consumer, group)
    monitor = LagMonitor(consumer, (topic,), group, settings.kafka_stall_seconds, assignment)
    consumer.subscribe([topic.name], listener=assignment)
    await start(consumer, f"join group {group}", JOIN_SECONDS)
    try:
        yield OwnedConsumer(consumer, topic, group, producer, monitor, assignment, max_records, hold_seconds)
    finally:
        await stop(consumer)
