"""One partition in memory: its engine, its position, and what waits for the next checkpoint."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import structlog

from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.outcome import EngineOutcome
from services.analysis.live.domain.ports import CheckpointRows, Provided
from services.analysis.live.handlers import measures
from services.analysis.live.handlers.history import LoadedHistory
from services.analysis.live.handlers.publish_queue import PublishQueue
from shared.events import Bar, Pattern, Signal

log: Final = structlog.get_logger("analysis")


@dataclass
class Partition:
    """What is kept of a partition between batches."""

    number: int
    engine: Engine
    queue: PublishQueue
    next_offset: int
    """The offset after the last message that was applied; -1 before the first."""
    saved_offset: int | None
    """The offset of the stored checkpoint, whatever its version; None where there is none."""
    saved_at: float
    unsaved: bool
    """The engine knows what the stored checkpoint does not, even where the offset is the same."""
    loads: Counter[str] = field(default_factory=Counter)
    """How many histories of each symbol have taken effect."""
    provided: list[Provided] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    patterns: list[Pattern] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """Rows that wait for a checkpoint."""
        return len(self.bars) + len(self.signals) + len(self.patterns) + sum(len(each.bars) for each in self.provided)

    @property
    def moved(self) -> bool:
        """There is something that the stored checkpoint does not know."""
        return self.next_offset >= 0 and (self.unsaved or self.next_offset != self.saved_offset)

    def note(self, outcome: EngineOutcome) -> None:
        """Remembers a batch's bars and final signals for the next checkpoint, and counts them."""
        self.bars += outcome.bars
        self.signals += [signal for signal in outcome.signals if not signal.provisional]
        self.patterns += outcome.patterns
        for bar in outcome.bars:
            measures.bars.labels(bar.timeframe).inc()
        for signal in outcome.signals:
            measures.signals.labels(signal.rule, signal.timeframe, "provisional" if signal.provisional else "closed").inc()
        measures.rows.inc(len(outcome.rows))
        for reason, count in outcome.counts.items():
            measures.ticks.labels(reason).inc(count)
        self._tell(outcome)

    def keep(self, taken: LoadedHistory) -> None:
        """Remembers what a history brought about."""
        self.provided += taken.provided
        if taken.resolved:  # live bars at last; the checkpoint of this offset does not know them
            self.note(taken.outcome)
            self.unsaved = True
            return
        self._tell(taken.outcome)
        for reason, count in taken.outcome.counts.items():
            measures.ticks.labels(reason).inc(count)

    @staticmethod
    def _tell(outcome: EngineOutcome) -> None:
        for event in outcome.quarantined:
            measures.quarantined.labels(event.reason, event.outcome).inc(1 + event.more)
            if event.what == "instrument":
                log.warning(event.note, symbol=event.symbol, ts_event=event.ts_event, **event.values)
            elif event.reason == "contradicted":
                log.warning("the provider contradicts a closed bar", symbol=event.symbol, ts_event=event.ts_event, note=event.note)

    def waits_for(self, symbol: str) -> bool:
        """Whether bars of this symbol wait."""
        return any(bar.symbol == symbol for bar in self.bars) or any(each.symbol == symbol for each in self.provided)

    def facts(self) -> CheckpointRows:
        """What waits."""
        return CheckpointRows(self.provided, self.bars, self.signals, self.patterns)

    def saved(self, at: float) -> None:
        """A checkpoint at ``next_offset`` holds everything that waited."""
        self.saved_offset, self.saved_at, self.unsaved = self.next_offset, at, False
        self.provided, self.bars, self.signals, self.patterns = [], [], [], []
