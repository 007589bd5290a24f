"""What happened lately on the stream, for readers that come back: bounded, and honest about where it begins."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from services.gateway.domain.outbox import COALESCED, Message


@dataclass
class Ring:
    """The last ``limit`` messages that must not be lost, and the latest quote and tick of each symbol."""

    limit: int
    began: int
    """Nothing after this ``seq`` is missing here."""
    kept: deque[Message] = field(default_factory=deque)
    latest: dict[tuple[str, str], Message] = field(default_factory=dict)
    max_latest: int = 50_000

    def put(self, message: Message) -> None:
        """Remember a message; the oldest goes when there are too many."""
        if message.kind in COALESCED:
            key = (message.kind, message.symbol)
            self.latest.pop(key, None)
            self.latest[key] = message
            if len(self.latest) > self.max_latest:
                self.latest.pop(next(iter(self.latest)))
            return
        self.kept.append(message)
        if len(self.kept) > self.limit:
            self.began = self.kept.popleft().seq

    def since(self, seq: int, wanted: Callable[[Message], bool]) -> list[Message] | None:
        """The wanted messages after ``seq`` in order; None when some may be gone already."""
        if seq < self.began:
            return None
        found = [m for m in (*self.kept, *self.latest.values()) if m.seq > seq and wanted(m)]
        return sorted(found, key=lambda message: message.seq)
