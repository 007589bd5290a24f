"""The interface between ``OwnedConsumer`` and a service that keeps state per partition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class PartitionOwner(Protocol):
    """Keeps the state of owned partitions. All methods are called from one task, never concurrently."""

    async def restore(self, partition: int, log_start: int) -> int | None:
        """Load the state of ``partition``; returns the next offset to read, None: the start of the log.

        ``log_start`` is the oldest offset in the log: the messages between an older checkpoint and it are lost. A partition may be
        restored again at any time (fencing, an error); its state in memory is then discarded. Raises TransientError.
        """

    async def handle(self, partition: int, messages: Sequence[Any]) -> None:
        """Handle the next aiokafka ConsumerRecords (``value``, ``key``, ``offset``, ``timestamp``, ``headers``).

        After any error the state in memory is discarded and the partition restored. A ValueError or another error that
        ``failures.classify`` maps to "dead-letter" means that one of the messages cannot be handled. The messages are passed again
        in smaller parts until it is found, and it becomes a dead letter.

        Raises:
            TransientError: the partition is restored after a pause.
            FencedError: another process has written this partition's checkpoint; the partition is restored.
        """

    async def skip(self, partition: int, offset: int) -> None:
        """The next message, at ``offset``, is a dead letter: advance the position without applying it."""

    async def flush(self, final: bool) -> None:
        """Write the checkpoints that are due, or all of them if ``final``. Called after every poll, at least about every 200 ms.

        An error caused by a message may be raised here too, when it appears only now.

        Raises:
            TransientError: the state in memory stays valid; the call is repeated after a pause.
            FencedError: its partition is restored, or all partitions if it names none.
        """

    async def forget(self, partition: int) -> None:
        """The partition was revoked or is to be restored: drop its state without writing it."""
