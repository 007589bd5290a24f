"""Consuming with the position in our own checkpoint: who owns a partition restores it; what Kafka has committed only shows lag."""

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
from shared.tasks import first_of
from shared.topics import Topic

COMMIT_EVERY_SECONDS: Final = 5.0
REMEMBERED: Final = 10_000
SUSPECTS: Final = 800
"""Messages that are handed over in eight parts when storing fails on something that was handled long ago."""

_consumed = metrics.counter("mesh_consumed_total", "Messages that were handled or set aside.", ("group", "topic"))
_restores = metrics.counter("mesh_restores_total", "Partitions restored, by what made it necessary.", ("group", "reason"))
log = structlog.get_logger("kafka.owned")


class BeyondLogError(Exception):
    """A checkpoint lies beyond the end of the log: this broker is not the one that it was made with."""


Just = tuple[TopicPartition, Sequence[Any]]
"""Messages of a partition that were handed over right before."""


class HeldError(TransientError):
    """Most messages of the partition fail: it waits instead of setting another one aside."""


class OwnedConsumer:
    """Gives an ``Owner`` its partitions and their messages; ``ready`` and ``alive`` are for the probes."""

    def __init__(
        self, consumer: AIOKafkaConsumer, topic: Topic[Any], group: str, producer: Producer, watch: LagMonitor,
        assignment: Assignment, max_records: int, hold_seconds: float,
    ) -> None:  # fmt: skip
        self._consumer = consumer
        self._topic = topic
        self._group = group
        self._producer = producer
        self._watch = watch
        self._assignment = assignment
        self._max_records = max_records
        self._hold_seconds = hold_seconds
        self._guard = FailureGuard(group)
        self._searches: dict[TopicPartition, PoisonSearch] = {}
        self._judged: dict[TopicPartition, int] = {}
        """Messages before these offsets have been handled once: after a restoration they count no more."""
        self._letters: dict[tuple[TopicPartition, int], None] = {}
        """The newest dead letters, oldest first: after a restoration they are not written again."""
        self._unsettled: set[TopicPartition] = set()
        """Partitions that have moved since everything was stored."""
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
    def held(self) -> bool:
        """Whether a partition waits because most of its messages fail."""
        return bool(self._guard.held)

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
        """Set one message aside, acknowledged, before the checkpoint passes it. For an owner's ``handle``, which then goes on.

        Raises:
            TransientError: the dead letter was not acknowledged, or most messages fail; ``handle`` lets it through.
        """
        partition = TopicPartition(message.topic, message.partition)
        if (partition, message.offset) in self._letters:
            return
        if self._guard.failed(partition, error):
            raise HeldError(f"most messages fail: {error}")
        await send_dead_letter(self._producer, message, self._group, error)
        self._letters[partition, message.offset] = None
        if len(self._letters) > REMEMBERED:
            del self._letters[next(iter(self._letters))]

    async def run(self, owner: PartitionOwner, stopping: asyncio.Event) -> None:
        """Consume until ``stopping`` is set, then settle for the last time.

        ``failures.classify`` decides about what ``owner`` raises: "retry" restores the partition after a pause; "dead-letter"
        restores it, finds the message and sets it aside, or holds the partition where most messages fail; "crash" ends the task,
        and the process that is started next goes on from the checkpoint.

        Raises:
            StalledError: there is lag, but the position does not move.
            BeyondLogError: a checkpoint lies beyond the end of the log.
        """
        await first_of(self._group, self._loop(owner, stopping), self._watch.run())

    async def _loop(self, owner: PartitionOwner, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            self._watch.turned()
            if self._epoch != self._assignment.epoch:
                await self._adopt(owner)
            await self._restore_due(owner)
            for partition, messages in (await poll(self._consumer, self._max_records)).items():
                if self._epoch != self._assignment.epoch or stopping.is_set():
                    break  # fetched for an assignment that is gone
                await self._hand_over(owner, partition, messages)
            await self._settle(owner)
            await self._show_position()
        await self._settle(owner, final=True)
        self._committed_at = 0.0
        await self._show_position()

    async def _adopt(self, owner: PartitionOwner) -> None:
        """Forget what was taken away, note what is new, and put the kept ones back where they were: aiokafka moved them."""
        self._epoch = self._assignment.epoch
        owned = self._assignment.owned()
        if self._assignment.joined:
            self._guard.keep(owned)
        for partition in self._watch.partitions() - owned:
            self._watch.drop(partition)
        for partition in (self._next.keys() | self._due.keys()) - owned:
            if self._assignment.joined:
                self._next.pop(partition, None)
                self._due.pop(partition, None)
                self._unsettled.discard(partition)
                self._searches.pop(partition, None)
                self._judged.pop(partition, None)
                await owner.forget(partition.partition)
        for partition in owned:
            if partition in self._next:
                self._go(partition, self._next[partition])
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
                await self._wait(owner, partition, error)
                continue
            del self._due[partition]
            self._next[partition] = offset
            self._go(partition, offset)
            self._watch.turned()

    async def _restore(self, owner: PartitionOwner, partition: TopicPartition) -> int:
        with kafka_errors(f"ask for the ends of {partition.topic}/{partition.partition}"):
            async with asyncio.timeout(QUERY_SECONDS):
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

    async def _hand_over(self, owner: PartitionOwner, partition: TopicPartition, messages: Sequence[Any]) -> None:
        expected = self._next.get(partition)
        if expected is None:
            return  # waits for its restoration
        if messages[0].offset < expected:
            self._go(partition, expected)  # fetched before the last seek
            return
        if messages[0].offset > expected and await self._fell_off(partition, expected):
            await self._void(owner, partition, 0.0, "fell off the log")
            return
        search = self._searches.get(partition)
        for part in [messages] if search is None else search.parts(messages):
            if not await self._take(owner, partition, part):
                return
            if search is not None and not await self._settle(owner, final=True, just=(partition, part)):
                return

    async def _take(self, owner: PartitionOwner, partition: TopicPartition, part: Sequence[Any]) -> bool:
        """Hand over some messages; False when the partition is to be restored."""
        search = self._searches.get(partition)
        try:
            if search is not None and search.is_condemned(part[0].offset):
                await owner.skip(partition.partition, part[0].offset)
            else:
                await owner.handle(partition.partition, part)
        except FencedError as error:
            await self._fence(owner, error, partition)
        except Exception as error:  # noqa: BLE001 - classified there
            await self._failed(owner, partition, part, error)
        else:
            self._passed(partition, part)
            return True
        return False

    def _passed(self, partition: TopicPartition, part: Sequence[Any]) -> None:
        after, judged = part[-1].offset + 1, self._judged.get(partition, 0)
        fresh = sum(message.offset >= judged and (partition, message.offset) not in self._letters for message in part)
        if fresh:
            self._guard.passed(partition, fresh)
        self._judged[partition] = max(after, judged)
        self._next[partition] = after
        self._unsettled.add(partition)
        self._watch.turned()
        self._watch.moved(partition, part[-1])
        self._backoff(partition).reset()
        _consumed.labels(self._group, partition.topic).inc(len(part))

    async def _failed(self, owner: PartitionOwner, partition: TopicPartition, part: Sequence[Any], error: Exception) -> None:
        """What is in memory is void. Raises what is to end the task."""
        verdict = classify(error)
        if verdict == "crash":
            raise error
        if isinstance(error, HeldError):
            await self._void(owner, partition, self._hold_seconds, "held")
        elif verdict == "retry":
            await self._wait(owner, partition, error)
        elif len(part) > 1:
            log.warning("a batch failed: looking for the message", partition=partition.partition, size=len(part), exc_info=error)
            self._searches.setdefault(partition, PoisonSearch()).narrow(part[0].offset, part[-1].offset + 1)
            await self._void(owner, partition, 0.0, "poison")
        else:
            await self._condemn(owner, partition, part[0], error)

    async def _condemn(self, owner: PartitionOwner, partition: TopicPartition, message: Any, error: Exception) -> None:
        try:
            await self.dead_letter(message, error)
        except HeldError:
            await self._void(owner, partition, self._hold_seconds, "held")
        except TransientError as unsent:
            await self._wait(owner, partition, unsent)
        else:
            self._searches.setdefault(partition, PoisonSearch()).condemn(message.offset)
            await self._void(owner, partition, 0.0, "poison")

    async def _fell_off(self, partition: TopicPartition, expected: int) -> bool:
        """True when retention overtook us; False when the log merely has a gap there."""
        try:
            with kafka_errors("ask for the start of the log"):
                async with asyncio.timeout(QUERY_SECONDS):
                    return bool((await self._consumer.beginning_offsets([partition]))[partition] > expected)
        except TransientError:
            return True

    async def _settle(self, owner: PartitionOwner, *, final: bool = False, just: Just | None = None) -> bool:
        """Let the owner store what is due; False when a partition is to be restored."""
        if not final and time.monotonic() < self._settle_at:
            return True
        try:
            await owner.flush(final)
        except FencedError as error:
            await self._fence(owner, error, None)
        except Exception as error:
            verdict = classify(error)
            if verdict == "crash" or (final and just is None):
                raise
            if verdict == "retry" and just is not None:  # what is handed over next would be blamed for it
                await self._wait(owner, just[0], error)
                return False
            if verdict == "retry":
                seconds = self._backoff(None).next()
                self._settle_at = time.monotonic() + seconds
                log.warning("could not settle", final=final, seconds=seconds, error=str(error))
                return True  # nothing is lost
            await self._unsettleable(owner, just, error)
        else:
            self._backoff(None).reset()
            if final:
                self._settled()
            return True
        return False

    def _settled(self) -> None:
        self._unsettled.clear()
        for partition, search in list(self._searches.items()):
            if partition in self._next and search.reached(self._next[partition]):
                del self._searches[partition]

    async def _unsettleable(self, owner: PartitionOwner, just: Just | None, error: Exception) -> None:
        """Storing fails on what some message has brought about: the last ones, where all else is stored. Raises if it was none."""
        if just is not None and self._unsettled <= {just[0]}:
            await self._failed(owner, *just, error)
            return
        suspects = {partition: self._next[partition] for partition in self._unsettled if partition in self._next}
        if not suspects:
            raise error
        log.warning(
            "could not settle: looking for the message", partitions=sorted(one.partition for one in suspects), exc_info=error
        )
        for partition, end in suspects.items():
            self._searches.setdefault(partition, PoisonSearch()).narrow(max(0, end - SUSPECTS), end)
            await self._void(owner, partition, self._backoff(None).next(), "poison")

    async def _fence(self, owner: PartitionOwner, error: FencedError, current: TopicPartition | None) -> None:
        log.warning("fenced", group=self._group, error=str(error))
        for partition in list(self._next):
            if error.partition == partition.partition or (error.partition is None and current in (None, partition)):
                await self._void(owner, partition, self._backoff(partition).next(), "fenced")

    async def _wait(self, owner: PartitionOwner, partition: TopicPartition, error: BaseException) -> None:
        seconds = self._backoff(partition).next()
        log.warning("waiting before another try", partition=partition.partition, seconds=seconds, error=str(error))
        await self._void(owner, partition, seconds, "transient")

    async def _void(self, owner: PartitionOwner, partition: TopicPartition, seconds: float, reason: str) -> None:
        """What is in memory of the partition must not be stored: drop it, and restore later."""
        await owner.forget(partition.partition)
        self._restore_later(partition, seconds, reason)

    def _restore_later(self, partition: TopicPartition, seconds: float, reason: str) -> None:
        _restores.labels(self._group, reason).inc()
        self._next.pop(partition, None)
        self._unsettled.discard(partition)
        self._due[partition] = time.monotonic() + seconds
        with kafka_errors("pause"):
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
            with kafka_errors("commit"):
                async with asyncio.timeout(QUERY_SECONDS):
                    await self._consumer.commit(ours)
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
    """A consumer of the partitions of ``topic`` that group ``group`` gives us. Raises TransientError.

    ``hold_seconds``: a partition most of whose messages fail tries the next one again this often.
    """
    consumer = AIOKafkaConsumer(**consumer_options(settings, group, group))
    assignment = Assignment(consumer, group)
    watch = LagMonitor(consumer, (topic,), group, settings.kafka_stall_seconds, assignment)
    consumer.subscribe([topic.name], listener=assignment)
    await start(consumer, f"join group {group}", JOIN_SECONDS)
    try:
        yield OwnedConsumer(consumer, topic, group, producer, watch, assignment, max_records, hold_seconds)
    finally:
        await stop(consumer)
