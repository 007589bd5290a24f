"""Unsent messages of one stream: signals, patterns and bars in order; of ticks, quotes and views only the latest."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final, Literal

MessageKind = Literal["t", "q", "b", "s", "f", "p", "n", "v"]
COALESCED_KINDS: Final = frozenset({"t", "q", "v"})
"""Kinds of which only the latest per symbol (of a view: per industry) is sent; messages of the other kinds are never left out."""


@dataclass(frozen=True)
class StreamMessage:
    """One event on the stream, encoded once for all subscribers."""

    seq: int
    kind: MessageKind
    symbol: str
    body: bytes
    """A JSON object with ``T`` and ``seq`` in it."""
    symbols: tuple[str, ...] = ()
    """Of a story: the instruments that it is about."""
    industries: tuple[str, ...] = ()


_in_order: Final = attrgetter("seq")


@dataclass(slots=True)
class UnsentMessages:
    """The unsent messages of one stream, at most ``limit`` of the kinds that are never left out."""

    limit: int
    ordered: deque[StreamMessage] = field(default_factory=deque)
    latest: dict[tuple[str, str], StreamMessage] = field(default_factory=dict)
    overflowed: bool = False
    """True after a message did not fit: the stream must be closed, since its client would miss a message."""
    coalesced: int = 0
    cursor: int = 0
    """``seq`` of the last message that was taken."""

    def put(self, message: StreamMessage) -> bool:
        """Add a message. True where messages should be sent now: bars of all instruments close in the same moment."""
        if message.kind in COALESCED_KINDS:
            key = (message.kind, message.symbol)
            if key in self.latest:
                self.coalesced += 1
            self.latest[key] = message
            return False
        ordered = self.ordered
        if len(ordered) >= self.limit:
            self.overflowed = True
        else:
            ordered.append(message)
        return 2 * len(ordered) >= self.limit

    def take(self) -> list[StreamMessage]:
        """Remove and return all messages in the order of ``seq``."""
        ordered, latest = self.ordered, self.latest
        if len(ordered) == 1 and not latest:  # the most frequent case, at a third of the time
            messages = [ordered.popleft()]
        else:
            messages = sorted([*ordered, *latest.values()], key=_in_order) if latest else list(ordered)
            ordered.clear()
            latest.clear()
        if messages:
            self.cursor = messages[-1].seq
        return messages


def json_array(messages: Sequence[StreamMessage]) -> bytes:
    """One frame: a JSON array of the messages."""
    return b"[" + b",".join([message.body for message in messages]) + b"]"
