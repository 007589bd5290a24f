"""The newest messages of a stream, kept for clients that resume after a break; bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.gateway.domain.unsent import COALESCED_KINDS, StreamMessage


@dataclass
class ResumeBuffer:
    """The newest ``limit`` messages of the kinds that are never left out, and the latest of each other kind and symbol."""

    limit: int
    start_seq: int
    """All messages after this ``seq`` are kept here."""
    ordered: deque[StreamMessage] = field(default_factory=deque)
    latest: dict[tuple[str, str], StreamMessage] = field(default_factory=dict)
    max_latest: int = 50_000

    def put(self, message: StreamMessage) -> None:
        """Keep a message; the oldest is dropped where there are too many."""
        if message.kind in COALESCED_KINDS:
            key = (message.kind, message.symbol)
            self.latest.pop(key, None)
            self.latest[key] = message
            if len(self.latest) > self.max_latest:
                self.latest.pop(next(iter(self.latest)))
            return
        self.ordered.append(message)
        if len(self.ordered) > self.limit:
            self.start_seq = self.ordered.popleft().seq

    def restore(self, older: Sequence[StreamMessage], start_seq: int) -> None:
        """Keep messages of before the first one, in their order; all after ``start_seq`` are among them.

        Nothing happens where messages were dropped since: what is kept must have no gap.
        """
        if len(self.ordered) >= self.limit or start_seq >= self.start_seq:
            return
        ordered = [message for message in older if message.kind not in COALESCED_KINDS]
        kept = ordered[len(self.ordered) - self.limit :]
        self.start_seq = max(start_seq, ordered[-len(kept) - 1].seq if len(kept) < len(ordered) else 0)
        self.ordered.extendleft(reversed(kept))
        self.latest = {
            (message.kind, message.symbol): message for message in older if message.kind in COALESCED_KINDS
        } | self.latest

    def since(self, seq: int, matches: Callable[[StreamMessage], bool]) -> list[StreamMessage] | None:
        """The messages after ``seq`` for which ``matches`` is true, in order; None where some are no longer kept."""
        if seq < self.start_seq:
            return None
        messages = [m for m in (*self.ordered, *self.latest.values()) if m.seq > seq and matches(m)]
        return sorted(messages, key=lambda message: message.seq)
