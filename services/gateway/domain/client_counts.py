"""What is counted of each client: requests in a window, and open streams. Of one process, or of several that share a port."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

MOST_CLIENTS = 100_000
"""Clients of which one process counts requests; where there are more, all begin anew."""


class WindowCounts(Protocol):
    """Requests of clients in the present window."""

    def add(self, client: str, ends_at: float, now: float) -> int:
        """Count a request in the window that ends at ``ends_at``, in seconds; returns how many there are."""
        ...

    def get(self, client: str, now: float) -> int:
        """How many there are."""
        ...


class OpenCounts(Protocol):
    """Open streams by the key or the address that they count for."""

    def add(self, owner: str, change: int) -> None:
        """Count ``change`` more (1) or fewer (-1)."""
        ...

    def get(self, owner: str) -> int:
        """How many are open."""
        ...


class ClientCounts(Protocol):
    """Makes the counts of each purpose."""

    def anchor(self, now: float) -> float:
        """The time at which a window begins: at others, all its lengths after that one."""
        ...

    def windows(self, purpose: str) -> WindowCounts: ...

    def open(self, purpose: str) -> OpenCounts: ...


@dataclass
class OwnWindowCounts:
    """The counts of one process."""

    ends_at: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, client: str, ends_at: float, now: float) -> int:
        if now >= self.ends_at or len(self.counts) > MOST_CLIENTS:
            self.counts.clear()
            self.ends_at = ends_at
        count = self.counts[client] = self.counts.get(client, 0) + 1
        return count

    def get(self, client: str, now: float) -> int:
        return self.counts.get(client, 0) if now < self.ends_at else 0


@dataclass
class OwnOpenCounts:
    """The open streams of one process."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, owner: str, change: int) -> None:
        self.counts[owner] += change
        if self.counts[owner] <= 0:
            del self.counts[owner]

    def get(self, owner: str) -> int:
        return self.counts[owner]


class OwnCounts:
    """``ClientCounts`` of one process."""

    def anchor(self, now: float) -> float:
        return now

    def windows(self, _: str) -> WindowCounts:
        return OwnWindowCounts()

    def open(self, _: str) -> OpenCounts:
        return OwnOpenCounts()
