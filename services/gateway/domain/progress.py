"""Whether analysis goes on: how far it is with the log of ticks, as seen from outside.

Quotes alone cannot tell: where markets are closed there are none. But ingest writes heartbeats too, and analysis has to take
whatever is in the log. So it is silent when something waits there, it takes nothing, and it says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SILENT_MS: Final = 30_000
"""Analysis writes its position every second while there is something to take; a restart with a warm cache takes less than this."""


@dataclass
class Progress:
    """What was measured last. Times are milliseconds since the epoch; 0: not yet seen."""

    grew: int = 0
    """When the log of ticks was last seen to grow."""
    moved: int = 0
    """When analysis was last seen to take something, or to have taken everything."""
    waiting: int | None = None
    """Messages that analysis has not taken; None while that cannot be asked."""
    end: int = -1
    position: int = -1

    def measure(self, log: Mapping[int, tuple[int, int]], positions: Mapping[int, int], now: int) -> None:
        """Take (first offset, end) and analysis' next offset of each partition; without a position it begins at the first."""
        end = sum(last for _, last in log.values())
        places = {partition: max(first, positions.get(partition, first)) for partition, (first, _) in log.items()}
        position = sum(places.values())
        self.waiting = sum(max(0, last - places[partition]) for partition, (_, last) in log.items())
        if end > self.end >= 0:
            self.grew = now
        if position != self.position or not self.waiting:
            self.moved = now
        self.end, self.position = end, position

    def unknown(self) -> None:
        """It cannot be asked now."""
        self.waiting = None

    def silent(self, heard: int, now: int) -> bool | None:
        """Whether analysis stands still, ``heard`` being when it last said anything; None where that is not known."""
        if self.waiting is None:
            return None
        return self.waiting > 0 and now - max(self.moved, heard) >= SILENT_MS
