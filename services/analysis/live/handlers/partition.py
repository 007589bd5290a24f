"""One partition in memory: its engine, its offset, and the rows for the next checkpoint."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import structlog

from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.engine_outcome import EngineOutcome
from services.analysis.live.domain.ports import CheckpointRows, ProvidedBars
from services.analysis.live.handlers import metrics
from services.analysis.live.handlers.history import LoadedHistory
from services.analysis.live.handlers.publish_queue import PublishQueue
from shared.events import Bar, Pattern, Signal

log: Final = structlog.get_logger("analysis")


@dataclass
class Partition:
    """The state of a partition between batches."""

    number: int
    engine: Engine
    queue: PublishQueue
    next_offset: int
    """The offset after the last message that was applied; -1 before the first."""
    saved_offset: int | None
    """The offset of the stored checkpoint, whatever its version; None where there is none."""
    saved_at: float
    unsaved: bool
    """The engine's state differs from the stored checkpoint, even if the offset is the same."""
    loads: Counter[str] = field(default_factory=Counter)
    """Histories loaded, by symbol."""
    provided: list[ProvidedBars] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    patterns: list[Pattern] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """Number of rows for the next checkpoint."""
        return len(self.bars) + len(self.signals) + len(self.patterns) + sum(len(each.bars) for each in self.provided)

    @property
    def checkpoint_is_stale(self) -> bool:
        """Whether the stored checkpoint is out of date."""
        return self.next_offset >= 0 and (self.unsaved or self.next_offset != self.saved_offset)

    def add_outcome(self, outcome: EngineOutcome) -> None:
        """Keeps a batch's bars and final signals for the next checkpoint, and counts them."""
        self.bars += outcome.bars
        self.signals += [signal for signal in outcome.signals if not signal.provisional]
        self.patterns += outcome.patterns
        for bar in outcome.bars:
            metrics.bars.labels(bar.timeframe).inc()
        for signal in outcome.signals:
            metrics.signals.labels(signal.rule, signal.timeframe, "provisional" if signal.provisional else "closed").inc()
        metrics.rows.inc(len(outcome.rows))
        for reason, count in outcome.counts.items():
            metrics.ticks.labels(reason).inc(count)
        self._report_quarantined(outcome)

    def add_history(self, loaded: LoadedHistory) -> None:
        """Keeps the result of a history for the next checkpoint."""
        self.provided += loaded.provided
        if loaded.resolved:  # live bars that were pending; the checkpoint of this offset lacks them
            self.add_outcome(loaded.outcome)
            self.unsaved = True
            return
        self._report_quarantined(loaded.outcome)
        for reason, count in loaded.outcome.counts.items():
            metrics.ticks.labels(reason).inc(count)

    @staticmethod
    def _report_quarantined(outcome: EngineOutcome) -> None:
        for event in outcome.quarantined:
            metrics.quarantined.labels(event.reason, event.outcome).inc(1 + event.more)
            if event.what == "instrument":
                log.warning(event.note, symbol=event.symbol, ts_event=event.ts_event, **event.values)
            elif event.reason == "contradicted":
                log.warning("the provider contradicts a closed bar", symbol=event.symbol, ts_event=event.ts_event, note=event.note)

    def has_unsaved(self, symbol: str) -> bool:
        """Whether bars of this symbol wait for a checkpoint."""
        return any(bar.symbol == symbol for bar in self.bars) or any(each.symbol == symbol for each in self.provided)

    def rows(self) -> CheckpointRows:
        """The rows for the next checkpoint."""
        return CheckpointRows(self.provided, self.bars, self.signals, self.patterns)

    def saved(self, at: float) -> None:
        """Records that a checkpoint at ``next_offset`` has been written."""
        self.saved_offset, self.saved_at, self.unsaved = self.next_offset, at, False
        self.provided, self.bars, self.signals, self.patterns = [], [], [], []
