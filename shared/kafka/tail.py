"""Following topics without a group: every partition, from some messages back, then live. For readers that keep the newest in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from shared.kafka.records import Record
from shared.settings import MeshSettings
from shared.topics import Topic

Handle = Callable[[Sequence[Record[Any]]], Awaitable[None]]


class Tail:
    """Reads every partition of some topics. What cannot be decoded is counted and left out: a reader has no dead letters."""

    @property
    def caught_up(self) -> bool:
        """Every message that was there when ``run`` began has been handed over. Stays true."""
        raise NotImplementedError

    async def run(self, handle: Handle, stopping: asyncio.Event) -> None:
        """Hand over records in the order of each partition until ``stopping`` is set. Survives a broker that is away.

        Raises:
            StalledError: there is lag, but the position does not move.
        """
        raise NotImplementedError


def open_tail(
    settings: MeshSettings, back: Mapping[Topic[Any], int | None], client_id: str, *, max_records: int = 2000
) -> AbstractAsyncContextManager[Tail]:
    """A tail over the topics in ``back``: how many messages a partition to start before the end; None: all of them. Raises TransientError."""
    raise NotImplementedError
