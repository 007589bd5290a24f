"""Consuming with the position in our own checkpoint: whoever owns a partition restores it, and Kafka's committed offset only shows lag."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from shared.kafka.producer import Producer
from shared.settings import MeshSettings
from shared.topics import Topic


class Owner(Protocol):
    """What a service does with the partitions it owns. All methods are called from one task, never at the same time."""

    async def restore(self, partition: int, log_start: int) -> int | None:
        """Load the state of ``partition`` and say the next offset to read; None: from the start of the log.

        ``log_start`` is the oldest offset that the log still has: a checkpoint below it has lost messages. A new partition may be restored
        again at any time (rebalance, fencing); what was in memory for it is void then.
        """

    async def handle(self, partition: int, messages: Sequence[Any]) -> None:
        """Handle aiokafka ConsumerRecords (``value``, ``key``, ``offset``, ``timestamp``, ``headers``), contiguous from the last one on.

        Raises:
            TransientError: nothing of this batch was kept; the partition is restored after a pause.
            FencedError: another process has written this partition's checkpoint; the partition is restored.
        """

    async def settle(self, final: bool) -> None:
        """Called between polls, at least about every 200 ms: write the checkpoints that are due, all of them where ``final``. Raises as ``handle``."""

    async def forget(self, partition: int) -> None:
        """The partition was taken away: drop its state without writing."""


class OwnedConsumer:
    """Gives an ``Owner`` its partitions and their messages; ``ready`` and ``alive`` are for the probes."""

    @property
    def ready(self) -> bool:
        """The current assignment is restored, and no partition is held because too many of its messages fail."""
        raise NotImplementedError

    @property
    def alive(self) -> bool:
        """The loop turns."""
        raise NotImplementedError

    async def dead_letter(self, message: Any, error: BaseException) -> None:
        """Set one message aside, acknowledged, before the checkpoint passes it. Raises TransientError."""
        raise NotImplementedError

    async def run(self, owner: Owner, stopping: asyncio.Event) -> None:
        """Consume until ``stopping`` is set, then settle for the last time.

        Raises:
            StalledError: there is lag, but the position does not move.
        """
        raise NotImplementedError


def open_owned_consumer(
    settings: MeshSettings, topic: Topic[Any], group: str, producer: Producer, *, max_records: int = 2000
) -> AbstractAsyncContextManager[OwnedConsumer]:
    """A consumer of the partitions of ``topic`` that group ``group`` gives us. Raises TransientError."""
    raise NotImplementedError
