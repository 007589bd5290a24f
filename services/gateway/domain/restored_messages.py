"""Messages of before the start, made again from the topics, for clients that resume from a number of an earlier process."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from services.gateway.domain.messages import numbered_message
from services.gateway.domain.times import MAX_MS
from services.gateway.domain.unsent import COALESCED_KINDS, MessageKind, StreamMessage

MOST_LATEST: Final = 50_000


@dataclass(order=True, frozen=True)
class _Older:
    timestamp: int
    place: int
    number: Callable[[int], StreamMessage] = field(compare=False)


@dataclass
class RestoredMessages:
    """The newest messages by the time of their records in the log. Numbers are times in microseconds."""

    complete_from: int
    """All messages whose records were written at or after this time are here, in milliseconds since the epoch. At first the time
    from which on messages are wanted."""
    limit: int
    """Messages that are never left out; of the other kinds the latest of each symbol is kept."""
    ordered: list[_Older] = field(default_factory=list)
    """A heap."""
    latest: dict[tuple[str, str], _Older] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)
    """Partitions of which a record was seen."""
    places: int = 0

    def begin(self, topic: str, partition: int, offset: int, timestamp: int) -> None:
        """Note the first record of a partition that was read: unless it is the first of all, earlier ones were not read."""
        if (topic, partition) in self.begun:
            return
        self.begun.add((topic, partition))
        if offset:
            self.complete_from = max(self.complete_from, timestamp)

    def add(
        self,
        timestamp: int,
        kind: MessageKind,
        symbol: str,
        body: bytes,
        symbols: tuple[str, ...] = (),
        industries: tuple[str, ...] = (),
    ) -> None:
        """Keep a message; ``symbols`` and ``industries`` are those of a story."""
        if timestamp < self.complete_from:
            return
        self.places += 1
        made = _Older(timestamp, self.places, lambda seq: numbered_message(seq, kind, symbol, body, symbols, industries))
        if kind in COALESCED_KINDS:
            self.latest.pop((kind, symbol), None)
            self.latest[kind, symbol] = made
            if len(self.latest) > MOST_LATEST:
                self.latest.pop(next(iter(self.latest)))
            return
        heapq.heappush(self.ordered, made)
        if len(self.ordered) > self.limit:
            self.complete_from = max(self.complete_from, heapq.heappop(self.ordered).timestamp + 1)

    def clear(self) -> None:
        """Forget the messages; none is wanted any more."""
        self.ordered.clear()
        self.latest.clear()
        self.complete_from = MAX_MS

    def numbered(self, before: int) -> list[StreamMessage]:
        """The messages in the order of their records, with numbers below ``before`` that are times in microseconds."""
        found, seq = [], before
        for each in sorted((*self.ordered, *self.latest.values()), reverse=True):
            seq = min(seq - 1, each.timestamp * 1000)
            found.append(each.number(seq))
        return found[::-1]
