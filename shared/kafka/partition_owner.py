"""What a service does with the partitions that it owns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class PartitionOwner(Protocol):
    """What a service does with the partitions it owns. All methods are called from one task, never at the same time."""

    async def restore(self, partition: int, log_start: int) -> int | None:
        """Load the state of ``partition`` and say the next offset to read; None: from the start of the log.

        ``log_start`` is the oldest offset that the log still has: a checkpoint below it has lost messages. A partition may be
        restored again at any time (fencing, an error half-way); what was in memory for it is void then. Raises TransientError.
        """

    async def handle(self, partition: int, messages: Sequence[Any]) -> None:
        """Handle aiokafka ConsumerRecords (``value``, ``key``, ``offset``, ``timestamp``, ``headers``), the ones after the last.

        Whatever it raises voids what is in memory of the partition, which is restored. A ValueError and the like
        (``failures.classify`` says "dead-letter") means that one of the messages cannot be handled: they are handed over again in
        smaller parts until it is found, and it becomes a dead letter.

        Raises:
            TransientError: the partition is restored after a pause.
            FencedError: another process has written this partition's checkpoint; the partition is restored.
        """

    async def skip(self, partition: int, offset: int) -> None:
        """The message at ``offset``, the one after the last, is a dead letter: it has no effect, and the position passes it."""

    async def flush(self, final: bool) -> None:
        """Write the checkpoints that are due, all of them where ``final``. Called between polls, about every 200 ms at least.

        What ``handle`` raises for one of its messages may also be raised here, if it comes out only now.

        Raises:
            TransientError: nothing is lost; it is called again after a pause.
            FencedError: that partition (all of them where it names none) is restored.
        """

    async def forget(self, partition: int) -> None:
        """The partition was taken away, or its state is void: drop the state without writing it."""
