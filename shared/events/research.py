"""Jobs for analysis research, and their results.

A job is a request with an id that the requester chooses. Its result has the same id, and is published once the job is done or
refused. A job may be delivered twice: then there are two results with the same content.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from shared.events.analysis import SignalQuality, parameters_text
from shared.events.event import Event, SafeInt
from shared.events.timeframe import Timeframe


class ConditionHistoryJob(Event, frozen=True, kw_only=True, tag="condition-history-job"):
    """Evaluate a condition on the stored bars of some instruments."""

    id: str
    """Chosen by the requester, 1 to 64 characters; the key of the message and of the result."""
    condition: str
    """The condition, with its timeframe; any spelling, at most 500 characters."""
    symbols: tuple[str, ...]
    """1 to 20 instruments."""
    limit: SafeInt
    """Close times to return for each instrument, 1 to 100."""
    ts_event: SafeInt
    """When the job was requested; an old job is refused."""
    ts_init: SafeInt
    source: str

    @property
    def event_id(self) -> str:
        return f"condition-history-job:{self.id}"


class ResearchError(msgspec.Struct, frozen=True, kw_only=True):
    """Why a job has no result."""

    code: str
    """Stable: ``invalid-job``, ``invalid-condition``, ``not-supported``, ``expired``, ``timeout``."""
    message: str
    """In English; it names the field and the value at fault."""


class SymbolHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Where a condition held on the stored bars of one instrument."""

    symbol: str
    bars: SafeInt
    """Bars that were evaluated; 0 where none are stored."""
    first_bar: SafeInt | None = None
    """Close time of the oldest of them."""
    last_bar: SafeInt | None = None
    """Close time of the newest of them."""
    held: SafeInt
    """Bars on which the condition held."""
    unknown: SafeInt
    """Bars on which it was neither true nor false, because a value was not known."""
    newest: tuple[SafeInt, ...] = ()
    """Close times of the newest bars on which it held, newest first."""


class ConditionHistory(Event, frozen=True, kw_only=True, tag="condition-history"):
    """The result of a ``ConditionHistoryJob``: the histories, or an error."""

    job_id: str
    condition: str = ""
    """The normal form of the condition; empty where it could not be read."""
    timeframe: Timeframe | None = None
    """The timeframe of the bars."""
    symbols: tuple[SymbolHistory, ...] = ()
    """In the order of the job."""
    error: ResearchError | None = None
    ts_event: SafeInt
    """When the job was requested."""
    ts_init: SafeInt
    """When it was done."""
    source: str

    @property
    def event_id(self) -> str:
        return f"condition-history:{self.job_id}"


class QualityChanged(Event, frozen=True, kw_only=True, tag="quality-changed"):
    """The record of a kind of signal has been validated, or is not any more. No job asked for it."""

    rule: str
    params: dict[str, float]
    direction: Literal["up", "down"]
    timeframe: Timeframe
    level: Literal["instrument", "industry", "all"]
    group: str
    """The symbol or the industry; ``*`` for all instruments together."""
    horizon_bars: SafeInt
    validated: bool
    """False: the edge is gone, or is no longer beyond chance."""
    quality: SignalQuality | None = None
    """The new record; null where there are too few signals now."""
    ts_event: SafeInt
    """Close of the newest bar that was read."""
    ts_init: SafeInt
    source: str

    @property
    def job_id(self) -> str:
        """The key of the message: what the record is about."""
        parts = (self.rule, parameters_text(self.params), self.direction, self.timeframe, self.level, self.group)
        return f"quality:{':'.join(parts)}:{self.horizon_bars}"

    @property
    def event_id(self) -> str:
        return f"{self.job_id}:{self.ts_event}"


ResearchJob = ConditionHistoryJob
"""Every type of job; each has ``id``."""
JobResult = ConditionHistory
"""Every type of a job's result; each has ``job_id``."""
ResearchResult = JobResult | QualityChanged
"""Everything on the topic of results."""
