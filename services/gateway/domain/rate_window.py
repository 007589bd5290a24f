"""Rate limit of client addresses: request counts in a fixed window.

``limits`` parses the setting. Its memory storage is not used: it runs timers in threads and costs more than a cached answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class RateWindow:
    """At most ``amount`` requests in ``seconds``; the window starts and ends at the same times for all addresses."""

    amount: int
    seconds: int
    max_addresses: int = 100_000
    ends_at: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)

    def hit(self, address: str, now: float) -> int:
        """Count a request; returns 0 where it is allowed, else the seconds to wait.

        >>> window = RateWindow(2, 60)
        >>> [window.hit("a", 0.0), window.hit("a", 1.0), window.hit("a", 2.0), window.hit("b", 2.0), window.hit("a", 60.0)]
        [0, 0, 58, 0, 0]
        """
        if now >= self.ends_at or len(self.counts) > self.max_addresses:
            self.counts.clear()
            self.ends_at = now + self.seconds
        count = self.counts[address] = self.counts.get(address, 0) + 1
        return 0 if count <= self.amount else max(1, round(self.ends_at - now))
