"""Publishing: idempotent, acknowledged by all replicas, compressed, with a limit on every wait."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from shared.events import Event
from shared.kafka.records import Published
from shared.settings import MeshSettings
from shared.topics import Topic

E = TypeVar("E", bound=Event)


class Producer:
    """Publishes events. Every method returns only when the broker has acknowledged."""

    async def publish(self, topic: Topic[E], event: E, *, key: str, traceparent: str | None = None) -> Published:
        """Publish one event.

        Raises:
            TransientError: the broker did not acknowledge in time; the event may or may not be in the log.
            PoisonError: the event is larger than the topic allows.
        """
        raise NotImplementedError

    async def publish_many(
        self, topic: Topic[E], events: Sequence[tuple[str, E]], *, traceparent: str | None = None
    ) -> list[Published]:
        """Publish ``(key, event)`` pairs, in batches a partition; the order of a key is kept. The result is in the order of ``events``.

        Raises as ``publish``; after an error any of them may be in the log.
        """
        raise NotImplementedError

    async def publish_everywhere(self, topic: Topic[E], event: E, *, key: str) -> None:
        """Publish one copy into every partition of the topic. Raises as ``publish``."""
        raise NotImplementedError

    def partition_of(self, topic: Topic[Any], key: str) -> int:
        """The partition that ``publish`` puts ``key`` into."""
        raise NotImplementedError


def open_producer(settings: MeshSettings, client_id: str) -> AbstractAsyncContextManager[Producer]:
    """A producer, flushed and closed at the end of the block.

    Raises:
        TransientError: no broker answers.
    """
    raise NotImplementedError
