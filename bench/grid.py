"""Grids: the whole run of 50 x 50 averages on 500 instruments, from bars to files."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from bench.engine import LENGTH, SYMBOLS, series
from bench.result import BenchmarkResult
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.research.adapters.run_parts import PartFolder
from services.analysis.research.adapters.thread_workers import ThreadWorkers
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.news_history import NewsHistory
from services.analysis.research.domain.research_series import SERIES_RECORD, ResearchSeries
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.domain.signal_names import SignalSpec
from services.analysis.research.runs.execution import read_parameters
from services.analysis.research.runs.grid import KIND
from shared.events import Timeframe

THREADS = 2
GRIDS = (
    ("50 x 50 averages", "sma_{fast} crosses above sma_{slow}", "sma_{fast} crosses below sma_{slow}", "5:54", "55:104"),
    ("50 x 50 levels", "rsi_14 < {fast} and close > sma_200", "rsi_14 > {slow} or close < sma_200", "15:39.5:0.5", "50:74.5:0.5"),
)
"""Name, entry, exit, values."""


class BenchData:
    """``RunData`` of random series."""

    request = DataRequest()

    def __init__(self, bars: list[Bars], folder: Path) -> None:
        self.kernels = SignalKernels.of(Path(".cache/kernels"))
        self.workers = ThreadWorkers(self.kernels, THREADS)
        self.parts = PartFolder(folder)
        self._bars = bars

    def series(self, *_: SignalSpec) -> Iterator[ResearchSeries]:
        for n, each in enumerate(self._bars):
            records = np.zeros(LENGTH, SERIES_RECORD)
            for name in ("open", "high", "low", "close", "volume"):
                records[name] = getattr(each, name)
            records["price_factor"] = records["split_factor"] = 1.0
            records["ts_close"] = np.arange(LENGTH) * 86_400_000
            records["session"] = _sessions()
            yield ResearchSeries(f"S{n:03}", "stock", "NYSE", Timeframe.D1, {Timeframe.D1: records})

    def market(self, *_: SignalSpec) -> KnownMarket:
        return KnownMarket()

    def news(self, *_: object, vectors: bool) -> Mapping[str, NewsHistory]:  # noqa: ARG002 - of the protocol
        return {}


def rows() -> list[BenchmarkResult]:
    """A row a grid."""
    bars = series()
    return [_row(bars, *each) for each in GRIDS]


def _row(bars: list[Bars], name: str, entry: str, leave: str, fast: str, slow: str) -> BenchmarkResult:
    asked = read_parameters(KIND, {"entry": entry, "exit": leave, "ranges": {"fast": fast, "slow": slow}, "minimum_trades": 1})
    with tempfile.TemporaryDirectory() as folder:
        KIND.run(asked, BenchData(bars[:2], Path(folder)), lambda *_: None)  # compiled by then
        began, cpu = time.perf_counter(), time.process_time()
        found = KIND.run(asked, BenchData(bars, Path(folder)), lambda *_: None)
        clock, cpu = time.perf_counter() - began, time.process_time() - cpu
    sets = found.summary["sets"]
    return BenchmarkResult(
        f"{name} on {SYMBOLS} instruments x {LENGTH} bars: every set traded, folds, CSCV of 12,870 halves, files",
        f"{cpu:.1f} s of CPU on {THREADS} threads ({clock:.1f} s by the clock), {cpu / sets / SYMBOLS * 1e6:.1f} us each",
        target="seconds",
    )


def _sessions() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    days = np.datetime64("2014-01-01") + np.arange(LENGTH)
    text = np.char.replace(np.datetime_as_string(days), "-", "")
    return text.astype(np.int64)
