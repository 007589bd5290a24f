"""A plain consumer group: at least once, the position is in Kafka and is committed after the handling."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from shared.kafka.producer import Producer
from shared.kafka.records import Record
from shared.settings import MeshSettings
from shared.topics import Topic

Handle = Callable[[Sequence[Record[Any]]], Awaitable[None]]


class GroupConsumer:
    """Hands over micro-batches of one partition, in order; ``ready`` and ``alive`` are for the probes."""

    @property
    def ready(self) -> bool:
        """Assigned, and no partition is paused because too many of its messages fail."""
        raise NotImplementedError

    @property
    def alive(self) -> bool:
        """The loop turns."""
        raise NotImplementedError

    async def run(self, handle: Handle, stopping: asyncio.Event) -> None:
        """Consume until ``stopping`` is set.

        ``handle`` gets records of one partition, in order, and must be idempotent: after a crash, a rebalance or an error it sees some again.
        When it raises, ``failures.classify`` decides: "retry" pauses the partition and tries again with backoff; "dead-letter" handles the
        records of the batch one by one, and the one that fails becomes a dead letter; "crash" ends the task.

        Raises:
            StalledError: there is lag, but the position does not move.
        """
        raise NotImplementedError


def open_group_consumer(
    settings: MeshSettings, topics: Sequence[Topic[Any]], group: str, producer: Producer, *, max_records: int = 500
) -> AbstractAsyncContextManager[GroupConsumer]:
    """A consumer of ``topics`` in consumer group ``group``; ``producer`` carries its dead letters. Raises TransientError."""
    raise NotImplementedError
