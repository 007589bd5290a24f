"""Chart patterns over whole series and one closed bar at a time: ``python -m bench --only patterns``."""

from __future__ import annotations

import time
from typing import Final

import numpy as np

from bench.engine import LENGTH, SYMBOLS, best_of, in_threads, series
from bench.result import BenchmarkResult
from services.analysis.documents.outcomes import KERNELS
from services.analysis.kernels import machine_code
from services.analysis.kernels.pattern_inputs import pattern_inputs
from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.patterns.whole_series import history, no_patterns
from services.analysis.kernels.signatures import PatternMemory, PriceArrays

UPDATES: Final = 500


def rows() -> list[BenchmarkResult]:
    """All patterns of all symbols, by two threads and by one; and one bar added to a series."""
    loops, time_of = machine_code.load_patterns(KERNELS), np.arange(LENGTH, dtype=np.int64)
    indicators = machine_code.load(KERNELS)
    bars = [pattern_inputs(indicators, each, time_of) for each in series()]

    def find_patterns(b: PriceArrays, memory: PatternMemory, start: int, end: int) -> None:
        history(loops, memory, PriceArrays._make(values[:end] for values in b), start)

    def some(share: list[PriceArrays]) -> None:
        for b in share:
            history(loops, no_patterns(), b)

    some(bars[:1])
    two = best_of(lambda: in_threads(some, bars, 2), time.perf_counter)
    alone = best_of(lambda: some(bars))
    memory = no_patterns()
    find_patterns(bars[0], memory, 0, LENGTH - UPDATES)
    began = time.process_time()
    for t in range(LENGTH - UPDATES, LENGTH):
        find_patterns(bars[0], memory, t, t + 1)
    live = (time.process_time() - began) / UPDATES
    work = f"{len(PATTERNS)} chart patterns, {SYMBOLS} symbols x {LENGTH} bars"
    return [
        BenchmarkResult(f"{work}, two threads", f"{two * 1e3:.0f} ms by the clock", "none", "", "<= 50 ms"),
        BenchmarkResult(f"{work}, one thread", f"{alone * 1e3:.0f} ms CPU, {alone * 1e9 / SYMBOLS / LENGTH:.0f} ns a bar"),
        BenchmarkResult("one closed bar of one series, a call of its own", f"{live * 1e6:.1f} us"),
    ]
