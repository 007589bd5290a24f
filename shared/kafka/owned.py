"""Consuming with the position in our own checkpoint: who owns a partition restores it; what Kafka has committed only shows lag."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any, Final, Protocol

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import metrics
from shared.failures import FencedError, TransientError, classify
from shared.kafka.assignment import Assignment, poll
from shared.kafka.backoff import Backoff
from shared.kafka.connection import ASK_SECONDS, JOIN_SECONDS, consumer_options, start, stop, translated
from shared.kafka.dead_letters import send_dead_letter
from shared.kafka.producer import Producer
from shared.kafka.watch import Watch, guarded
from shared.settings import MeshSettings
from shared.topics import Topic

COMMIT_EVERY_SECONDS: Final = 5.0

_consumed = metrics.counter("mesh_consumed_total", "Messages that were handled or set aside.", ("group", "topic"))
_restores = metrics.counter("mesh_restores_total", "Partitions restored, by what made it necessary.", ("group", "reason"))
log = structlog.get_logger("kafka.owned")


class BeyondLogError(Exception):
    """A checkpoint lies beyond the end of the log: this broker is not the one that it was made with."""


class Owner(Protocol):
    """What a service does with the partitions it owns. All methods are called from one task, never at the same time."""

    async def restore(self, partition: int, log_start: int) -> int | None:
        """Load the state of ``partition`` and say the next offset to read; None: from the start of the log.

        ``log_start`` is the oldest offset that the log still has: a checkpoint below it has lost messages. A partition may be
        restored again at any time (fencing, an error half-way); what was in memory for it is void then. Raises TransientError.
        """

    async def handle(self, partition: int, messages: Sequence[Any]) -> None:
        """Handle aiokafka ConsumerRecords (``value``, ``key``, ``offset``, ``timestamp``, ``headers``), the ones after the last.

        Raises:
            TransientError: the partition is restored after a pause.
            FencedError: another process has written this partition's checkpoint; the partition is restored.
        """

    async def settle(self, final: bool) -> None:
        """Write the checkpoints that are due, all of them where ``final``. Called between polls, about every 200 ms at least.

        Raises:
            TransientError: nothing is lost; it is called again after a pause.
            FencedError: that partition (all of them where it names none) is restored.
        """

    async def forget(self, partition: int) -> None:
        """The partition was taken away: drop its state without writing."""


class OwnedConsumer:
    """Gives an ``Owner`` its partitions and their messages; ``ready`` and ``alive`` are for the probes."""

    def __init__(
        self, consumer: AIOKafkaConsumer, topic: Topic[Any], group: str, producer: Producer, watch: Watch, assignment: Assignment,
        max_records: int,
    ) -> None:  # fmt: skip
        self._consumer = consumer
        self._topic = topic
        self._group = group
        self._producer = producer
        self._watch = watch
        self._assignment = assignment
        self._max_records = max_records
        self._random = Random()  # noqa: S311 - jitter
        self._epoch = -1
        self._next: dict[TopicPartition, int] = {}
        """Restored partitions and the next offset of each."""
        self._due: dict[TopicPartition, float] = {}
        """Partitions to restore, and when."""
        self._backoffs: dict[TopicPartition | None, Backoff] = {}
        self._settle_at = 0.0
        self._committed_at = 0.0

    @property
    def ready(self) -> bool:
        """The current assignment is restored."""
        return self._assignment.joined and self._epoch == self._assignment.epoch and not self._due

    @property
    def alive(self) -> bool:
        """The loop turns."""
        return self._watch.alive

    @property
    def partitions(self) -> frozenset[int]:
        """The restored partitions."""
        return frozenset(partition.partition for partition in self._next)

    @property
    def lag(self) -> int:
        """Messages that wait, as last measured (every 5 s)."""
        return self._watch.lag()

    async def dead_letter(self, message: Any, error: BaseException) -> None:
        """Set one message aside, acknowledged, before the checkpoint passes it. Raises TransientError."""
        await send_dead_letter(self._producer, message, self._group, error)

    async def run(self, owner: Owner, stopping: asyncio.Event) -> None:
        """Consume until ``stopping`` is set, then settle for the last time.

        What ``owner`` raises beside TransientError and FencedError ends the task: its state may be half changed, and the process
        that is started next goes on from the checkpoint.

        Raises:
            StalledError: there is lag, but the position does not move.
            BeyondLogError: a checkpoint lies beyond the end of the log.
        """
        await guarded(self._loop(owner, stopping), self._watch.run(), self._group)

    async def _loop(self, owner: Owner, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            self._watch.turned()
            if self._epoch != self._assignment.epoch:
                await self._adopt(owner)
            await self._restore_due(owner)
            for partition, messages in (await poll(self._consumer, self._max_records)).items():
                if self._epoch != self._assignment.epoch or stopping.is_set():
                    break  # fetched for an assignment that is gone
                await self._hand_over(owner, partition, messages)
            await self._settle(owner, final=False)
            await self._show_position()
        await self._settle(owner, final=True)
        self._committed_at = 0.0
        await self._show_position()

    async def _adopt(self, owner: Owner) -> None:
        """Forget what was taken away, note what is new, and put the kept ones back where they were: aiokafka moved them."""
        self._epoch = self._assignment.epoch
        owned = self._assignment.owned()
        for partition in self._watch.partitions() - owned:
            self._watch.drop(partition)
        for partition in (self._next.keys() | self._due.keys()) - owned:
            if self._assignment.joined:
                self._next.pop(partition, None)
                self._due.pop(partition, None)
                await owner.forget(partition.partition)
        for partition in owned:
            if partition in self._next:
                self._go(partition, self._next[partition])
            elif partition not in self._due:
                self._restore_later(partition, 0.0, "assigned")

    async def _restore_due(self, owner: Owner) -> None:
        now = time.monotonic()
        for partition in [one for one, at in self._due.items() if at <= now]:
            if self._epoch != self._assignment.epoch:
                return
            try:
                offset = await self._restore(owner, partition)
            except TransientError as error:
                self._wait(partition, error)
                continue
            del self._due[partition]
            self._next[partition] = offset
            self._backoff(partition).reset()
            self._go(partition, offset)
            self._watch.turned()

    async def _restore(self, owner: Owner, partition: TopicPartition) -> int:
        with translated(f"ask for the ends of {partition.topic}/{partition.partition}"):
            async with asyncio.timeout(ASK_SECONDS):
                starts = await self._consumer.beginning_offsets([partition])
                ends = await self._consumer.end_offsets([partition])
        log_start, log_end = int(starts[partition]), int(ends[partition])
        offset = await owner.restore(partition.partition, log_start)
        if offset is not None and offset > log_end:
            raise BeyondLogError(
                f"{partition.topic}/{partition.partition}: the checkpoint says {offset}, but the log ends at {log_end}: bring back "
                f"the broker's data, or delete this partition's checkpoint"
            )
        if offset is not None and offset < log_start:
            log.error(
                "messages are lost: the log begins after the checkpoint",
                partition=partition.partition,
                offset=offset,
                start=log_start,
            )
        return log_start if offset is None else max(offset, log_start)

    async def _hand_over(self, owner: Owner, partition: TopicPartition, messages: Sequence[Any]) -> None:
        expected = self._next.get(partition)
        if expected is None:
            return  # waits for its restoration
        if messages[0].offset < expected:
            self._go(partition, expected)  # fetched before the last seek
            return
        if messages[0].offset > expected and await self._fell_off(partition, expected):
            self._restore_later(partition, 0.0, "fell off the log")
            return
        try:
            await owner.handle(partition.partition, messages)
        except FencedError as error:
            self._fence(error, partition)
        except Exception as error:
            if classify(error) != "retry":
                raise
            self._wait(partition, error)
        else:
            self._next[partition] = messages[-1].offset + 1
            self._watch.moved(partition, messages[-1])
            self._backoff(partition).reset()
            _consumed.labels(self._group, partition.topic).inc(len(messages))

    async def _fell_off(self, partition: TopicPartition, expected: int) -> bool:
        """True when retention overtook us; False when the log merely has a gap there."""
        try:
            with translated("ask for the start of the log"):
                async with asyncio.timeout(ASK_SECONDS):
                    return bool((await self._consumer.beginning_offsets([partition]))[partition] > expected)
        except TransientError:
            return True

    async def _settle(self, owner: Owner, *, final: bool) -> None:
        if not final and time.monotonic() < self._settle_at:
            return
        try:
            await owner.settle(final)
        except FencedError as error:
            self._fence(error, None)
        except Exception as error:
            if classify(error) != "retry":
                raise
            seconds = self._backoff(None).next()
            self._settle_at = time.monotonic() + seconds
            log.warning("could not settle", final=final, seconds=seconds, error=str(error))
        else:
            self._backoff(None).reset()

    def _fence(self, error: FencedError, current: TopicPartition | None) -> None:
        log.warning("fenced", group=self._group, error=str(error))
        for partition in list(self._next):
            if error.partition == partition.partition or (error.partition is None and current in (None, partition)):
                self._restore_later(partition, self._backoff(partition).next(), "fenced")

    def _wait(self, partition: TopicPartition, error: BaseException) -> None:
        seconds = self._backoff(partition).next()
        log.warning("waiting before another try", partition=partition.partition, seconds=seconds, error=str(error))
        self._restore_later(partition, seconds, "transient")

    def _restore_later(self, partition: TopicPartition, seconds: float, reason: str) -> None:
        _restores.labels(self._group, reason).inc()
        self._next.pop(partition, None)
        self._due[partition] = time.monotonic() + seconds
        with translated("pause"):
            if partition in self._assignment.owned():
                self._consumer.pause(partition)
        self._watch.excuse(partition)

    def _go(self, partition: TopicPartition, offset: int) -> None:
        if partition in self._assignment.owned():
            self._consumer.seek(partition, offset)
            self._consumer.resume(partition)
            self._watch.place(partition, offset)

    def _backoff(self, partition: TopicPartition | None) -> Backoff:
        return self._backoffs.setdefault(partition, Backoff(self._random))

    async def _show_position(self) -> None:
        """Commit to Kafka, so that its tools show our lag. Nobody reads it back: the checkpoint is the truth."""
        owned = self._assignment.owned()
        ours = {one: offset for one, offset in self._next.items() if one in owned}  # none where all has just been taken away
        if not ours or time.monotonic() - self._committed_at < COMMIT_EVERY_SECONDS:
            return
        self._committed_at = time.monotonic()
        try:
            with translated("commit"):
                async with asyncio.timeout(ASK_SECONDS):
                    await self._consumer.commit(ours)
        except TransientError as error:
            log.info("commit failed", group=self._group, error=str(error))


@asynccontextmanager
async def open_owned_consumer(
    settings: MeshSettings, topic: Topic[Any], group: str, producer: Producer, *, max_records: int = 2000
) -> AsyncIterator[OwnedConsumer]:
    """A consumer of the partitions of ``topic`` that group ``group`` gives us. Raises TransientError."""
    consumer = AIOKafkaConsumer(**consumer_options(settings, group, group))
    assignment = Assignment(consumer, group)
    watch = Watch(consumer, (topic,), group, settings.kafka_stall_seconds, assignment)
    consumer.subscribe([topic.name], listener=assignment)
    await start(consumer, f"join group {group}", JOIN_SECONDS)
    try:
        yield OwnedConsumer(consumer, topic, group, producer, watch, assignment, max_records)
    finally:
        await stop(consumer)
