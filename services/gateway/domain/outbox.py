"""What waits to be sent to one reader: signals, patterns and bars in order, of ticks, quotes and views only the latest."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final, Literal

Kind = Literal["t", "q", "b", "s", "f", "p", "n", "v"]
COALESCED: Final = frozenset({"t", "q", "v"})
"""Kinds of which only the latest per symbol (of a view: per industry) matters; all others must not be lost."""


@dataclass(frozen=True)
class Message:
    """One event on the stream, serialised once for all readers."""

    seq: int
    kind: Kind
    symbol: str
    body: bytes
    """A JSON object with ``T`` and ``seq`` in it."""


_in_order: Final = attrgetter("seq")


@dataclass
class Outbox:
    """The unsent messages of one reader; never more than ``limit`` that must not be lost."""

    limit: int
    kept: deque[Message] = field(default_factory=deque)
    latest: dict[tuple[str, str], Message] = field(default_factory=dict)
    overflowed: bool = False
    """True once a message had to be refused: the reader has to be closed, for it has missed something."""
    coalesced: int = 0

    @property
    def half_full(self) -> bool:
        """Time to send, if that is possible: bars of all instruments close in the same moment."""
        return 2 * len(self.kept) >= self.limit

    def put(self, message: Message) -> None:
        """Take a message in."""
        if message.kind in COALESCED:
            key = (message.kind, message.symbol)
            if key in self.latest:
                self.coalesced += 1
            self.latest[key] = message
        elif len(self.kept) >= self.limit:
            self.overflowed = True
        else:
            self.kept.append(message)

    def take(self) -> list[Message]:
        """Everything that waits, in the order of ``seq``; the outbox is empty then."""
        found = sorted([*self.kept, *self.latest.values()], key=_in_order) if self.latest else list(self.kept)
        self.kept.clear()
        self.latest.clear()
        return found

    def __bool__(self) -> bool:
        return bool(self.kept or self.latest)


def array(messages: list[Message]) -> bytes:
    """One frame: a JSON array of the messages."""
    return b"[" + b",".join([message.body for message in messages]) + b"]"
