"""Jobs for analysis research, and their results.

A job is a request with an id that the requester chooses. Its result has the same id, and is published once the job is done or
refused. A job may be delivered twice: then there are two results with the same content.

A ``ConditionHistoryJob`` or ``IndicatorHistoryJob`` is answered within seconds, or never. Every other job is a run: it waits in the
table ``research_runs``, reports its progress, is done at most once, and may be cancelled.
"""

from __future__ import annotations

import datetime as dt
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
    """Stable: ``invalid-job``, ``invalid-condition``, ``not-supported``, ``expired``, ``timeout``, ``killed``; of
    runs also ``limit``, ``cancelled``, ``error``."""
    message: str
    """In English; it names the field and the value at fault."""
    reason: str = ""
    """Which mistake of the request it is, stable, as ``value-within``; empty where it is none of those that are known."""
    field: str = ""
    """The option at fault."""
    values: dict[str, str] = {}
    """What ``reason`` says beside ``field``, to say it in another language."""


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


class IndicatorHistoryJob(Event, frozen=True, kw_only=True, tag="indicator-history-job"):
    """Compute indicators over the stored bars of one instrument."""

    id: str
    """Chosen by the requester, 1 to 64 characters; the key of the message and of the result."""
    symbol: str
    timeframe: Timeframe
    columns: tuple[str, ...] = ()
    """At most 32 columns, with any parameters, as conditions name them; none: those that analysis live computes by default."""
    start: SafeInt
    """First close time."""
    end: SafeInt
    """Last close time."""
    limit: SafeInt
    """Rows to return, 1 to 10,001; there may be fewer, so that the result fits a message."""
    newest: bool = False
    """The newest rows of the window in place of the oldest."""
    ts_event: SafeInt
    """When the job was requested; an old job is refused."""
    ts_init: SafeInt
    source: str

    @property
    def event_id(self) -> str:
        return f"indicator-history-job:{self.id}"


class IndicatorHistory(Event, frozen=True, kw_only=True, tag="indicator-history"):
    """The result of an ``IndicatorHistoryJob``: rows, oldest first, or an error. Values are on prices adjusted as of now."""

    job_id: str
    columns: tuple[str, ...] = ()
    """The names of the values in each row, as ``IndicatorRow`` has them."""
    closes: tuple[SafeInt, ...] = ()
    """Close time of each row's bar."""
    prices: tuple[float, ...] = ()
    """Adjusted close of each row's bar."""
    replayed: tuple[bool, ...] = ()
    """Whether each row's bar is replayed."""
    rows: tuple[tuple[float | None, ...], ...] = ()
    """The values in the order of ``columns``; null where not warmed up."""
    more: bool = False
    """The window has further rows: older ones where the job asks for the newest, otherwise newer ones."""
    bar_source: str = ""
    """Source of the newest row's bar."""
    error: ResearchError | None = None
    ts_event: SafeInt
    """When the job was requested."""
    ts_init: SafeInt
    """When it was done."""
    source: str

    @property
    def event_id(self) -> str:
        return f"indicator-history:{self.job_id}"


RunOption = SafeInt | float | bool | str
"""The value of an option of a run."""


class ResearchRunJob(Event, frozen=True, kw_only=True):
    """What every run is asked for. Options are those of the command line, with ``_`` in place of ``-``."""

    id: str
    """Chosen by the requester, 1 to 64 letters, digits, ``-`` and ``_``; a second job with the same id is ignored."""
    requested_by: str
    """The id of an API key, or a chat: each may have a few runs at a time."""
    symbols: tuple[str, ...] = ()
    """Up to 1000 instruments; none: all that have bars."""
    timeframe: Timeframe = Timeframe.D1
    start: dt.date | None = None
    """The first session; without it ten years before the last."""
    end: dt.date | None = None
    """The last session; without it the newest."""
    tape: str = ""
    """A bundled tape in place of the stored bars."""
    options: dict[str, RunOption] = msgspec.field(default_factory=dict)
    """By name; one that is not known is refused."""
    ts_event: SafeInt
    """When the run was requested."""
    ts_init: SafeInt
    source: str


class RunBacktest(ResearchRunJob, frozen=True, kw_only=True, tag="run-backtest"):
    """Backtest an entry and an exit."""

    entry: str
    """A rule with parameters, a chart pattern, a sequence or a condition."""
    exit: str = ""
    """The same; empty: the exits of the options alone."""
    direction: Literal["long", "short", "both"] = "long"

    @property
    def event_id(self) -> str:
        return f"run-backtest:{self.id}"


class RunGrid(ResearchRunJob, frozen=True, kw_only=True, tag="run-grid"):
    """Search the parameters of an entry and an exit."""

    entry: str
    """As ``RunBacktest.entry``, with parameters in braces: ``rsi_{a} < {b}``."""
    exit: str = ""
    direction: Literal["long", "short", "both"] = "long"
    ranges: dict[str, tuple[float, ...]] = msgspec.field(default_factory=dict)
    """The values to try, by the name of a parameter."""
    steps: dict[str, str] = msgspec.field(default_factory=dict)
    """The same as text: ``5:50:5`` is the first value, the last and the step. A parameter is in one of both."""
    constraints: tuple[str, ...] = ()
    """As ``fast < slow``."""

    @property
    def event_id(self) -> str:
        return f"run-grid:{self.id}"


class DiscoverPatterns(ResearchRunJob, frozen=True, kw_only=True, tag="discover-patterns"):
    """Search sequences and combinations of signals."""

    @property
    def event_id(self) -> str:
        return f"discover-patterns:{self.id}"


class RunQuality(ResearchRunJob, frozen=True, kw_only=True, tag="run-quality"):
    """Count what followed past signals of rules and chart patterns, out of sample."""

    @property
    def event_id(self) -> str:
        return f"run-quality:{self.id}"


class ExportDataset(ResearchRunJob, frozen=True, kw_only=True, tag="export-dataset"):
    """Write features and labels to files."""

    features: tuple[str, ...] = ()
    """Names of features; none: the usual ones."""
    labels: tuple[str, ...] = ()

    @property
    def event_id(self) -> str:
        return f"export-dataset:{self.id}"


class CancelRun(Event, frozen=True, kw_only=True, tag="cancel-run"):
    """Stop a run. One that is done already stays as it is."""

    id: str
    """Of the run; the key of the message."""
    requested_by: str
    """As in the job: nobody cancels the run of another."""
    ts_event: SafeInt
    ts_init: SafeInt
    source: str

    @property
    def event_id(self) -> str:
        return f"cancel-run:{self.id}:{self.ts_event}"


class RunProgress(Event, frozen=True, kw_only=True, tag="run-progress"):
    """How far a run is; published every second while it runs, and once when it begins to wait."""

    job_id: str
    kind: str
    """``backtest``, ``grid``, ``discovery``, ``quality`` or ``dataset``."""
    state: Literal["queued", "running"]
    ahead: SafeInt = 0
    """Runs that wait before it."""
    done: float = 0.0
    total: float = 0.0
    """0: not known yet."""
    note: str = ""
    """What is being done."""
    ts_event: SafeInt
    """When the run was requested."""
    ts_init: SafeInt
    """The time of this report."""
    source: str

    @property
    def event_id(self) -> str:
        return f"run-progress:{self.job_id}:{self.ts_init}"


class RunFinished(Event, frozen=True, kw_only=True, tag="run-finished"):
    """The outcome of a run. Its result is in the table ``research_runs``, its files are at ``location``."""

    job_id: str
    kind: str
    state: Literal["done", "failed", "refused", "cancelled"]
    location: str = ""
    """A folder or URL; empty if there are no files."""
    error: ResearchError | None = None
    ts_event: SafeInt
    """When the run was requested."""
    ts_init: SafeInt
    """When it ended."""
    source: str

    @property
    def event_id(self) -> str:
        return f"run-finished:{self.job_id}"


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


RunJob = RunBacktest | RunGrid | DiscoverPatterns | RunQuality | ExportDataset
"""Every job that is a run."""
HistoryJob = ConditionHistoryJob | IndicatorHistoryJob
"""Every job that is answered within seconds."""
HistoryResult = ConditionHistory | IndicatorHistory
"""The results of these."""
ResearchJob = HistoryJob | RunJob | CancelRun
"""Every type of job; each has ``id``."""
ResearchResult = HistoryResult | RunProgress | RunFinished | QualityChanged
"""Everything on the topic of results; each has ``job_id``."""
