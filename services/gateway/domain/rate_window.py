"""Rate limits: counts in fixed windows.

``limits`` parses the texts. Its memory storage is not used: it runs timers in threads and costs more than a cached answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from limits import parse

from services.gateway.domain.client_counts import ClientCounts, OwnCounts, WindowCounts


class Hit(NamedTuple):
    """A counted request."""

    limit: int
    remaining: int
    reset: int
    """Seconds until the window ends."""
    wait: int
    """Seconds to wait; 0 where the request is allowed."""


@dataclass
class RateWindow:
    """At most ``amount`` requests in ``seconds``; the window starts and ends at the same times for all clients."""

    amount: int
    seconds: int
    purpose: str = ""
    clients: ClientCounts = field(default_factory=OwnCounts)
    ends_at: float | None = None
    """When the window ends in which a request was counted last."""

    def __post_init__(self) -> None:
        self.counts: WindowCounts = self.clients.windows(self.purpose)

    def hit(self, client: str, now: float) -> Hit:
        """Count a request.

        >>> window = RateWindow(2, 60)
        >>> [window.hit(client, at).wait for client, at in [("a", 0.0), ("a", 1.0), ("a", 2.0), ("b", 2.0), ("a", 60.0)]]
        [0, 0, 58, 0, 0]
        """
        ends_at = self._ends_at(now)
        count = self.counts.add(client, ends_at, now)
        reset = max(1, round(ends_at - now))
        return Hit(self.amount, max(0, self.amount - count), reset, 0 if count <= self.amount else reset)

    def wait(self, client: str, now: float) -> int:
        """Seconds until a client that has used its amount may go on; counts nothing."""
        return max(1, round(self._ends_at(now) - now)) if self.counts.get(client, now) >= self.amount else 0

    def _ends_at(self, now: float) -> float:
        ends_at = self.ends_at
        if ends_at is None:
            ends_at = self.clients.anchor(now)
        if not ends_at - self.seconds <= now < ends_at:
            self.ends_at = ends_at = ends_at + ((now - ends_at) // self.seconds + 1) * self.seconds
        return ends_at


def rate_window(text: str, purpose: str, clients: ClientCounts) -> RateWindow:
    """The window of a limit as in ``100/second``. Raises ValueError."""
    limit = parse(text)
    return RateWindow(limit.amount, limit.get_expiry(), f"{purpose} {text}", clients)


@dataclass
class RateWindows:
    """Windows by the text of their limit; there are as many as operators have written."""

    clients: ClientCounts = field(default_factory=OwnCounts)
    windows: dict[str, RateWindow] = field(default_factory=dict)

    def hit(self, text: str, client: str, now: float) -> Hit | None:
        """Count a request against a limit; None where the text is empty: no limit."""
        if not text:
            return None
        window = self.windows.get(text)
        if window is None:
            window = self.windows[text] = rate_window(text, "requests", self.clients)
        return window.hit(client, now)
