"""Owns partitions of the tick log: decodes, applies, publishes, writes checkpoints."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec
import structlog

from services.analysis.live.domain.ports import Checkpoint, CheckpointStore, InstrumentLookup
from services.analysis.live.handlers import metrics
from services.analysis.live.handlers.history import HistoryReader
from services.analysis.live.handlers.partition import Partition
from services.analysis.live.handlers.publish_queue import EventPublisher, PublishQueue
from services.analysis.live.handlers.restore import Restorer
from services.analysis.live.handlers.sequences import FollowedSequences
from services.analysis.live.handlers.user_conditions import UserConditions
from services.analysis.live.handlers.warm_up import WarmUp
from shared import wire
from shared.events import HistoryReady, TickLog
from shared.failures import FencedError, PoisonError, TransientError, classify
from shared.quality.signal_records import SignalRecords
from shared.topics import TICKS

log: Final = structlog.get_logger("analysis")
MOST_WAITING: Final = 5000
"""Events that may wait for Kafka before the next batch waits for them."""
SMALL: Final = 2000
"""Events of a batch that is applied in the event loop (two milliseconds); a larger one runs in a thread, which costs more."""

LATEST: Final = 253_402_300_799_000  # the end of the year 9999: the metric's limit for hostile times

DeadLetter = Callable[[Any, BaseException], Awaitable[None]]


class RawMessage(Protocol):
    """The fields of aiokafka's ConsumerRecord that are used."""

    value: bytes | None
    offset: int
    timestamp: int


class RecordSource(Protocol):
    """The newest records of past signals, in memory."""

    @property
    def current(self) -> SignalRecords: ...


@dataclass(frozen=True)
class CheckpointInterval:
    """When a checkpoint is due."""

    seconds: float
    rows: int


class AnalysisPartitions:
    """Implements ``shared.kafka.PartitionOwner``: one engine per partition."""

    def __init__(
        self,
        restorer: Restorer,
        checkpoints: CheckpointStore,
        history: HistoryReader,
        user_conditions: UserConditions,
        warm_up: WarmUp,
        followed: FollowedSequences,
        records: RecordSource,
        instruments: InstrumentLookup,
        publisher: EventPublisher,
        dead_letter: DeadLetter,
        pace: CheckpointInterval,
    ) -> None:
        self._restorer = restorer
        self._checkpoints = checkpoints
        self._history = history
        self._user_conditions = user_conditions
        self._warm_up = warm_up
        self._followed = followed
        self._records = records
        self._instruments = instruments
        self._publisher = publisher
        self._dead_letter = dead_letter
        self._pace = pace
        self.partitions: dict[int, Partition] = {}

    async def restore(self, partition: int, log_start: int) -> int | None:
        """Restores the engine of a partition; see ``shared.kafka.PartitionOwner``."""
        await self.forget(partition)
        found = await self._restorer.restore(partition, log_start)
        self.partitions[partition] = Partition(
            partition,
            found.engine,
            PublishQueue(str(partition), self._publisher, wall_clock_ms),
            -1 if found.next_offset is None else found.next_offset,
            found.saved_offset,
            time.monotonic(),
            unsaved=found.next_offset is None,
        )
        return found.next_offset

    async def handle(self, partition: int, messages: Sequence[RawMessage]) -> None:
        """Applies messages in order and queues the results for publishing; see ``shared.kafka.PartitionOwner``."""
        mine = self.partitions[partition]
        with fatal_errors("users' conditions or sequences cannot be applied"):
            await self._user_conditions.apply_to(mine)
            self._followed.apply_to(mine.engine)
        run: list[TickLog] = []
        for message, event in zip(messages, await self._decoded(messages), strict=True):
            if isinstance(event, HistoryReady):
                await self._apply(mine, run, message)
                run = []
                mine.next_offset = message.offset
                await self._load(mine, event, message)
            elif event is not None:
                run.append(event)
        await self._apply(mine, run, messages[-1])
        mine.next_offset = messages[-1].offset + 1
        if len(mine.queue) > MOST_WAITING:
            await mine.queue.drain()
        if mine.waiting >= self._pace.rows:
            await self._save(mine)

    async def skip(self, partition: int, offset: int) -> None:
        """Skips a dead letter; see ``shared.kafka.PartitionOwner``."""
        self.partitions[partition].next_offset = offset + 1
        metrics.ticks.labels("poison").inc()

    async def flush(self, final: bool) -> None:
        """Writes the checkpoints that are due; see ``shared.kafka.PartitionOwner``."""
        now = time.monotonic()
        due = [
            each
            for each in self.partitions.values()
            if each.checkpoint_is_stale and (final or now - each.saved_at >= self._pace.seconds)
        ]
        results = await asyncio.gather(*(self._save(each) for each in due), return_exceptions=True)
        failures = [result for result in results if isinstance(result, BaseException)]
        for failure in sorted(failures, key=lambda error: not isinstance(error, FencedError)):
            raise failure
        for each in self.partitions.values():
            if each.queue.has_failed:
                await each.queue.drain()
        if not final:
            with fatal_errors("requested indicators cannot be warmed up"):
                await self._warm_up.apply(self.partitions, self._save)

    async def forget(self, partition: int) -> None:
        """Drops the partition from memory; see ``shared.kafka.PartitionOwner``."""
        mine = self.partitions.pop(partition, None)
        if mine is not None:
            await mine.queue.drop()
        metrics.symbols.set(sum(len(each.engine.state.symbols) for each in self.partitions.values()))

    async def _decoded(self, messages: Sequence[RawMessage]) -> Sequence[TickLog | None]:
        """The events; None for a poison message, which has become a dead letter."""
        decoder = wire.decoder(TICKS)
        try:
            lines = [message.value for message in messages]
            whole = b"\n".join(lines)  # type: ignore[arg-type]  # None raises, and is handled below
            if whole.count(b"\n") == len(lines) - 1:
                events = decoder.decode_lines(whole)
                if len(events) == len(lines):
                    return events
        except (msgspec.MsgspecError, UnicodeDecodeError, TypeError):
            pass  # one of them is poison: the loop below finds it
        found: list[TickLog | None] = []
        for message in messages:
            try:
                found.append(wire.decode(TICKS, message.value))
            except wire.WireError as error:
                await self._dead_letter(message, error)
                metrics.ticks.labels("poison").inc()
                found.append(None)
        return found

    async def _apply(self, mine: Partition, events: Sequence[TickLog], last: RawMessage) -> None:
        if not events:
            return
        began = time.perf_counter()
        engine = mine.engine
        batch = engine.prepare(events)
        if batch.unknown_symbols and await self._instruments.look_up(batch.unknown_symbols):
            batch = engine.prepare(events)
        outcome = engine.run(batch) if len(events) <= SMALL else await asyncio.to_thread(engine.run, batch)
        metrics.batch_seconds.observe(time.perf_counter() - began)
        metrics.event_time.set(min(max(events[-1].ts_event, 0), LATEST) / 1000)
        outcome.signals = self._records.current.annotated(outcome.signals)
        mine.add_outcome(outcome)
        mine.queue.put(outcome, last.timestamp)

    async def _load(self, mine: Partition, ready: HistoryReady, message: RawMessage) -> None:
        """Loads history. Bars of the symbol that closed before must be stored first, since they are read back."""
        if ready.symbol not in self._instruments.listed:
            await self._instruments.look_up((ready.symbol,))
        resolved = True
        while resolved:
            if mine.has_unsaved(ready.symbol):
                await self._save(mine)
            try:
                loaded = await self._history.load(mine.engine, mine.number, ready)
            except PoisonError as error:
                await self._dead_letter(message, error)
                metrics.ticks.labels("poison").inc()
                return
            resolved = loaded.resolved
            loaded.outcome.signals = self._records.current.annotated(loaded.outcome.signals)
            mine.add_history(loaded)
            mine.loads[ready.symbol] += 1
            mine.queue.put(loaded.outcome, message.timestamp)
        mine.next_offset = message.offset + 1
        if mine.waiting >= self._pace.rows:
            await self._save(mine)

    async def _save(self, mine: Partition) -> None:
        """Publishes what waits, then writes the checkpoint if this process still owns the partition."""
        if not mine.checkpoint_is_stale:
            return
        await mine.queue.drain()
        began = time.monotonic()
        checkpoint = Checkpoint(mine.next_offset, mine.engine.version(), mine.engine.snapshot())
        try:
            await self._checkpoints.save(mine.number, mine.saved_offset, checkpoint, mine.rows(), wall_clock_ms())
        except FencedError:
            metrics.fenced.inc()
            log.warning("fenced: another process owns the partition", partition=mine.number, offset=mine.saved_offset)
            raise
        except TransientError:
            log.warning("the checkpoint could not be written", partition=mine.number)
            raise
        mine.saved(time.monotonic())
        metrics.checkpoint_seconds.observe(time.monotonic() - began)
        metrics.checkpoint_bytes.labels(str(mine.number)).set(len(checkpoint.state))


def wall_clock_ms() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


@contextmanager
def fatal_errors(message: str) -> Iterator[None]:
    """Errors inside end the process; without this the current message would become a dead letter though it is not the cause.

    A PoisonError is raised as it is: the result of an earlier message cannot be stored.
    """
    try:
        yield
    except PoisonError:
        raise
    except Exception as error:
        if classify(error) != "dead-letter":
            raise
        raise RuntimeError(message) from error
