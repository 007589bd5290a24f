"""Running a handler on batches, and acting on its failures: retry, dead letter, or the end of the task.

The effects of a handler that fails are not undone, so a handler must be idempotent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from aiokafka import TopicPartition

from shared.failures import TransientError, classify
from shared.kafka.pauses import Pauses
from shared.kafka.records import Record, record_of
from shared.logs import tracing
from shared.topics import Topic

RecordHandler = Callable[[Sequence[Record[Any]]], Awaitable[None]]
PoisonHandler = Callable[[Any, Exception], Awaitable[None]]
"""Publishes a dead letter of a message that cannot be handled, or counts it; raises ``TransientError`` when it must be retried."""

log = structlog.get_logger("kafka.handling")


class BatchRunner:
    """Passes the batches of one consumer to ``handle``."""

    def __init__(self, handle: RecordHandler, topics: Mapping[str, Topic[Any]], pauses: Pauses, on_poison: PoisonHandler) -> None:
        self._handle = handle
        self._topics = topics
        self._pauses = pauses
        self._on_poison = on_poison

    async def handle_batch(self, partition: TopicPartition, messages: Sequence[Any], records: Sequence[Record[Any]]) -> int:
        """Handle a batch of decoded messages; returns how many of them, from the first on, are handled or dead-lettered.

        Raises:
            Exception: ``classify`` returns "crash" for it.
        """
        try:
            with tracing(records[-1].traceparent):
                await self._handle(records)
        except Exception as error:
            match classify(error):
                case "crash":
                    raise
                case "retry":
                    self._pauses.retry(partition, messages[0].offset, error)
                    return 0
                case "dead-letter":
                    log.warning("a batch failed: handling it one by one", topic=partition.topic, size=len(messages), exc_info=error)
                    return await self.handle_one_by_one(partition, messages)
        self._pauses.passed(partition, len(messages))
        return len(messages)

    async def handle_one_by_one(self, partition: TopicPartition, messages: Sequence[Any]) -> int:
        """Decode and handle messages one by one; returns and raises as ``handle_batch``."""
        for done, message in enumerate(messages):
            try:
                record = record_of(self._topics[partition.topic], message)
                with tracing(record.traceparent):
                    await self._handle([record])
            except Exception as error:  # noqa: BLE001 - classified right below
                if not await self._failed(partition, message, error):
                    return done
            else:
                self._pauses.passed(partition, 1)
        return len(messages)

    async def _failed(self, partition: TopicPartition, message: Any, error: Exception) -> bool:
        """True: the message was dead-lettered. False: the partition is paused to retry it. Raises errors classified as "crash"."""
        action = classify(error)
        if action == "crash":
            raise error
        if action == "retry":
            self._pauses.retry(partition, message.offset, error)
            return False
        if self._pauses.failed(partition, message.offset, error):
            return False
        try:
            await self._on_poison(message, error)
        except TransientError as publish_error:
            self._pauses.retry(partition, message.offset, publish_error)
            return False
        return True
