"""Research: jobs and what became of them."""

from __future__ import annotations

from typing import Literal

import msgspec

from shared.events.event import Event, Timeframe, Whole


class Universe(msgspec.Struct, frozen=True, kw_only=True):
    """Which instruments and which past a job is about."""

    symbols: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    timeframe: Timeframe = Timeframe.D1
    start: Whole | None = None
    end: Whole | None = None


class RunBacktest(Event, frozen=True, kw_only=True, tag="run-backtest"):
    """Command: test one rule or condition on the past."""

    job_id: str
    ts_event: Whole
    ts_init: Whole
    universe: Universe
    entry: str
    exit: str
    cost_bps: float = 5.0
    slippage_bps: float = 5.0
    short: bool = False

    @property
    def event_id(self) -> str:
        return self.job_id


class RunGrid(Event, frozen=True, kw_only=True, tag="run-grid"):
    """Command: test every combination of parameters."""

    job_id: str
    ts_event: Whole
    ts_init: Whole
    universe: Universe
    entry: str
    exit: str
    grid: dict[str, tuple[float, ...]]
    cost_bps: float = 5.0
    slippage_bps: float = 5.0

    @property
    def event_id(self) -> str:
        return self.job_id


class DiscoverPatterns(Event, frozen=True, kw_only=True, tag="discover-patterns"):
    """Command: look for sequences of signals that precede moves."""

    job_id: str
    ts_event: Whole
    ts_init: Whole
    universe: Universe
    horizon_bars: Whole = 5
    max_length: Whole = 3

    @property
    def event_id(self) -> str:
        return self.job_id


class ExportDataset(Event, frozen=True, kw_only=True, tag="export-dataset"):
    """Command: write bars, indicators and signals as a data set."""

    job_id: str
    ts_event: Whole
    ts_init: Whole
    universe: Universe
    columns: tuple[str, ...] = ()

    @property
    def event_id(self) -> str:
        return self.job_id


class JobProgress(Event, frozen=True, kw_only=True, tag="job-progress"):
    """A research job has come this far."""

    job_id: str
    ts_event: Whole
    ts_init: Whole
    done: Whole
    total: Whole
    note: str = ""

    @property
    def event_id(self) -> str:
        return f"{self.job_id}:{self.done}"


class JobResult(Event, frozen=True, kw_only=True, tag="job-result"):
    """A research job has ended; ``reference`` says where its result lies."""

    job_id: str
    ts_event: Whole
    ts_init: Whole
    outcome: Literal["done", "failed", "cancelled"]
    reference: str | None = None
    error: str | None = None

    @property
    def event_id(self) -> str:
        return f"{self.job_id}:{self.outcome}"


ResearchJob = RunBacktest | RunGrid | DiscoverPatterns | ExportDataset
ResearchReport = JobProgress | JobResult
