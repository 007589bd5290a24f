"""Handing over batches to a handler that is not undone when it fails: what fails is tried again, set aside, or ends the task."""

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
"""Keeps or counts a message that cannot be handled; raises ``TransientError`` where it cannot be kept now."""

log = structlog.get_logger("kafka.handling")


class BatchHandling:
    """Batches of one consumer, on their way to ``handle``."""

    def __init__(self, handle: RecordHandler, topics: Mapping[str, Topic[Any]], pauses: Pauses, set_aside: PoisonHandler) -> None:
        self._handle = handle
        self._topics = topics
        self._pauses = pauses
        self._set_aside = set_aside

    async def take(self, partition: TopicPartition, messages: Sequence[Any], records: Sequence[Record[Any]]) -> int:
        """Handle a batch of decoded messages; returns how many of them are done with, from the first on.

        Raises:
            Exception: what ``classify`` says "crash" to.
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
                    return await self.take_singly(partition, messages)
        self._pauses.passed(partition, len(messages))
        return len(messages)

    async def take_singly(self, partition: TopicPartition, messages: Sequence[Any]) -> int:
        """The same for messages that are not decoded yet, one by one."""
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
        """True when the message was set aside; False when the partition waits before it. Raises what is to crash."""
        verdict = classify(error)
        if verdict == "crash":
            raise error
        if verdict == "retry":
            self._pauses.retry(partition, message.offset, error)
            return False
        if self._pauses.failed(partition, message.offset, error):
            return False
        try:
            await self._set_aside(message, error)
        except TransientError as unsent:
            self._pauses.retry(partition, message.offset, unsent)
            return False
        return True
