"""Keeps the records of signal quality up to date: they are computed again when bars have closed or history was replaced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, Protocol, cast

import structlog

from services.analysis.research.domain.quality_changes import QualityChange, QualityProcessError
from services.analysis.research.handlers import metrics
from shared.events import QualityChanged, ResearchResult, Timeframe
from shared.topics import RESEARCH_RESULTS, Topic

log: Final = structlog.get_logger("analysis.research.quality")
SOURCE: Final = "analysis research"
FIRST_SECONDS: Final = 5.0
PAUSE_RATIO: Final = 4
SETTLE_MS: Final = 30_000
"""Records wait so long at most for bars that change from look to look: those of a part of the history would replace better ones."""


class StoredBars(Protocol):
    """Says whether bars have changed. Raises ``TransientError``."""

    async def signature(self, timeframe: Timeframe) -> object: ...


class Computation(Protocol):
    """Computes and saves the records of a timeframe; None: the service stops. Raises QualityProcessError."""

    async def compute(self, timeframe: Timeframe) -> Sequence[QualityChange] | None: ...


class ResultPublisher(Protocol):
    """The method of a producer that is used."""

    async def publish(self, topic: Topic[ResearchResult], event: ResearchResult, *, key: str) -> Any: ...


class QualityRefresh:
    """One timeframe after the other. Only a database that cannot be read stops it; a failed computation is tried again."""

    def __init__(
        self,
        bars: StoredBars,
        computation: Computation,
        publisher: ResultPublisher,
        timeframes: Sequence[Timeframe],
        seconds: float,
        clock: Callable[[], int],
    ) -> None:
        """``seconds``: how often it looks. ``clock``: milliseconds since the epoch."""
        self._bars = bars
        self._computation = computation
        self._publisher = publisher
        self._timeframes = timeframes
        self._seconds = seconds
        self._clock = clock
        self._done: dict[Timeframe, object] = {}
        self._changing: dict[Timeframe, tuple[object, int]] = {}
        """What was seen at the last look and not computed yet, and since when bars change."""
        self._took = 0.0
        """Seconds of the computations of the last look."""

    @property
    def seconds(self) -> float:
        """The pause until it looks again: short until there are records, and after a computation, since history comes in parts.

        Computations take at most a fifth of the time.
        """
        if self._changing:
            return min(FIRST_SECONDS, self._seconds)
        soon = max(FIRST_SECONDS, PAUSE_RATIO * self._took)
        return self._seconds if self._done and not self._took else min(soon, self._seconds)

    async def refresh(self) -> None:
        """Computes the timeframes whose bars have changed since the last time. Raises ``TransientError``."""
        self._took = 0.0
        for timeframe in self._timeframes:
            now = await self._bars.signature(timeframe)
            if not now or now == self._done.get(timeframe):
                self._changing.pop(timeframe, None)
                continue
            if not self._rests(timeframe, now):
                continue
            began = self._clock()
            try:
                changes = await self._computation.compute(timeframe)
            except QualityProcessError as error:
                metrics.quality_runs.labels("failed").inc()
                log.warning("the records of signal quality could not be computed", timeframe=str(timeframe), error=str(error))
                continue
            if changes is None:
                return
            for change in changes:
                event = self._event(change)
                await self._publisher.publish(RESEARCH_RESULTS, event, key=event.job_id)
            self._done[timeframe] = now
            self._changing.pop(timeframe, None)
            metrics.quality_runs.labels("done").inc()
            seconds = (self._clock() - began) / 1000
            self._took += max(seconds, 0.001)
            log.info("records of signal quality", timeframe=str(timeframe), changes=len(changes), seconds=seconds)

    def _rests(self, timeframe: Timeframe, now: object) -> bool:
        """The bars are as at the last look, or have changed for long."""
        before, since = self._changing.get(timeframe, (None, self._clock()))
        self._changing[timeframe] = now, since
        return before == now or self._clock() - since >= SETTLE_MS

    def _event(self, change: QualityChange) -> QualityChanged:
        return QualityChanged(
            rule=change.rule,
            params=change.params,
            direction=cast("Literal['up', 'down']", change.direction),
            timeframe=change.timeframe,
            level=cast("Literal['instrument', 'industry', 'all']", change.level),
            group=change.group,
            horizon_bars=change.horizon,
            validated=change.validated,
            quality=change.quality,
            ts_event=change.as_of,
            ts_init=self._clock(),
            source=SOURCE,
        )
