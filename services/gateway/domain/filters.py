"""Filters of signals and patterns, and the reads from the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.gateway.domain.bar_windows import BarWindow, StoredRows
from services.gateway.domain.feeds import StoredFeed
from shared.events import Pattern, Signal, SignalQuality, Timeframe


@dataclass(frozen=True)
class SignalFilter:
    """Which signals; None matches everything. ``before`` is the (ts_event, id) of the last one on the previous page."""

    limit: int
    start: int
    end: int
    symbol: str | None = None
    members: frozenset[str] | None = None
    industry: str | None = None
    rule: str | None = None
    direction: str | None = None
    timeframe: Timeframe | None = None
    before: tuple[int, str] | None = None

    def matches(self, signal: Signal) -> bool:
        """True where the signal matches (``members`` are the symbols of ``industry``)."""
        return (
            self.start <= signal.ts_event <= self.end
            and self.symbol in (None, signal.symbol)
            and (self.members is None or signal.symbol in self.members)
            and self.rule in (None, signal.rule)
            and self.direction in (None, signal.direction)
            and self.timeframe in (None, signal.timeframe)
            and (self.before is None or (signal.ts_event, signal.id) < self.before)
        )


@dataclass(frozen=True)
class PatternFilter:
    """Which chart patterns; None matches everything. ``before`` is the (ts_event, id) of the last one on the previous page."""

    limit: int
    start: int
    end: int
    symbol: str | None = None
    industry: str | None = None
    pattern: str | None = None
    status: str | None = None
    direction: str | None = None
    timeframe: Timeframe | None = None
    before: tuple[int, str] | None = None


@dataclass(frozen=True)
class QualityFilter:
    """Which records of past signals; None matches everything. ``after`` is the (rule, id) of the last one on the previous page."""

    limit: int
    rule: str | None = None
    direction: str | None = None
    timeframe: Timeframe | None = None
    level: str | None = None
    group: str | None = None
    horizon: int | None = None
    validated: bool | None = None
    after: tuple[str, str] | None = None


@dataclass(frozen=True)
class StoredQuality:
    """A record of past signals as stored."""

    id: str
    rule: str
    params: str
    direction: str
    timeframe: str
    shown: bool
    quality: SignalQuality


class HistoryStore(Protocol):
    """Reads from the tables of the mesh."""

    async def bars(self, symbol: str, timeframe: Timeframe, window: BarWindow, *, adjusted: bool) -> StoredRows:
        """Stored bars of the window, oldest first. Raises TransientError."""
        ...

    async def signals(self, filter_: SignalFilter) -> list[Signal]:
        """Stored signals, newest first. Raises TransientError."""
        ...

    async def patterns(self, filter_: PatternFilter) -> list[Pattern]:
        """Stored chart patterns at their newest status, newest first. Raises TransientError."""
        ...

    async def quality(self, filter_: QualityFilter) -> list[StoredQuality]:
        """Stored records of past signals, by rule. Raises TransientError."""
        ...

    async def feeds(self, since: int) -> tuple[list[StoredFeed], dict[str, int]]:
        """All news feeds by name, and how many articles each had first since then (milliseconds). Raises TransientError."""
        ...
