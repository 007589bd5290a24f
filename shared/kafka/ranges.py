"""Reading a definite range of offsets beside the main stream, without a group."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from shared.events import Event
from shared.kafka.records import Record
from shared.settings import MeshSettings
from shared.topics import Topic

E = TypeVar("E", bound=Event)


class RangeGoneError(Exception):
    """The log does not hold this range any more (retention), or does not yet."""


class RangeReader:
    """Reads ranges of offsets."""

    async def read(self, topic: Topic[E], partition: int, first: int, last: int) -> list[Record[E]]:
        """The records with offsets from ``first`` to ``last`` inclusive; those that cannot be decoded are counted and left out.

        Raises:
            RangeGoneError: part of the range is not in the log.
            TransientError: the broker does not answer.
        """
        raise NotImplementedError


def open_range_reader(settings: MeshSettings, client_id: str) -> AbstractAsyncContextManager[RangeReader]:
    """A range reader, closed at the end of the block. Raises TransientError."""
    raise NotImplementedError
