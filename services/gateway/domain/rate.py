"""How often one address may ask: a fixed window of counts.

``limits`` reads the setting, but its memory storage runs timers in threads and costs more than the answer it guards.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Window:
    """``amount`` requests in ``seconds``; all addresses share the window's edges."""

    amount: int
    seconds: int
    max_addresses: int = 100_000
    ends: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)

    def hit(self, address: str, now: float) -> int:
        """Count a request; 0 when it may pass, else the seconds to wait.

        >>> window = Window(2, 60)
        >>> [window.hit("a", 0.0), window.hit("a", 1.0), window.hit("a", 2.0), window.hit("b", 2.0), window.hit("a", 60.0)]
        [0, 0, 58, 0, 0]
        """
        if now >= self.ends or len(self.counts) > self.max_addresses:
            self.counts.clear()
            self.ends = now + self.seconds
        count = self.counts[address] = self.counts.get(address, 0) + 1
        return 0 if count <= self.amount else max(1, round(self.ends - now))
