"""Whether analysis processes the tick topic, measured from its offsets.

Quotes are no measure: there are none while markets are closed. Ingest writes heartbeats as well, and analysis must read every
message of the topic. So analysis is silent where messages wait, it reads none, and it publishes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SILENT_MS: Final = 30_000
"""Analysis stores its offsets every second while it reads; a restart with compiled kernels takes less time than this."""


@dataclass
class AnalysisProgress:
    """The last measurement. Times are milliseconds since the epoch; 0: not yet known."""

    log_grew_at: int = 0
    """When a measurement last found new messages in the tick topic."""
    progressed_at: int = 0
    """When a measurement last found that analysis had read messages, or had read all."""
    backlog: int | None = None
    """Messages that analysis has not read; None while that is unknown."""
    first_at: int = 0
    measured_at: int = 0
    """When the first and the last measurement were stored."""
    end: int = -1
    position: int = -1

    def measure(self, log: Mapping[int, tuple[int, int]], positions: Mapping[int, int], now: int) -> None:
        """Store a measurement: (first offset, end) and analysis' next offset by partition; without it, the first offset counts."""
        end = sum(last for _, last in log.values())
        places = {partition: max(first, positions.get(partition, first)) for partition, (first, _) in log.items()}
        position = sum(places.values())
        self.backlog = sum(max(0, last - places[partition]) for partition, (_, last) in log.items())
        if end > self.end >= 0:
            self.log_grew_at = now
        if position != self.position or not self.backlog:
            self.progressed_at = now
        self.end, self.position = end, position
        self.first_at, self.measured_at = self.first_at or now, now

    def mark_unknown(self) -> None:
        """Record that the broker or the database does not answer."""
        self.backlog = None

    def is_silent(self, last_output_at: int, now: int) -> bool | None:
        """Whether analysis processes nothing although messages wait; None where that is unknown.

        ``last_output_at`` is when it last published anything.
        """
        if self.backlog is None:
            return None
        return self.backlog > 0 and now - max(self.progressed_at, last_output_at) >= SILENT_MS
