"""Chart patterns over whole series and one closed bar at a time: ``python -m bench --only patterns``."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np

from bench.engine import LENGTH, SYMBOLS, best, series
from bench.row import Row
from services.analysis.adapters import kernels
from services.analysis.documents.patterns import KERNELS
from services.analysis.domain.patterns.run import Memory, history
from services.analysis.domain.patterns.table import PATTERNS

UPDATES: Final = 500


def rows() -> list[Row]:
    """All patterns of all symbols, by two threads and by one; and a bar that is added to a series."""
    loops, time_of = kernels.load_patterns(KERNELS), np.arange(LENGTH, dtype=np.int64)
    bars: list[tuple[Any, ...]] = [(b.high, b.low, b.close, b.volume, time_of) for b in series()]

    def one(each: tuple[Any, ...]) -> None:
        history(loops, Memory.empty(), *each)

    one(bars[0])
    with ThreadPoolExecutor(2) as pool:
        two = best(lambda: list(pool.map(one, bars)), time.perf_counter)
    alone = best(lambda: [one(each) for each in bars])
    memory = Memory.empty()
    history(loops, memory, *(values[: LENGTH - UPDATES] for values in bars[0]))
    began = time.process_time()
    for t in range(LENGTH - UPDATES, LENGTH):
        history(loops, memory, *(values[: t + 1] for values in bars[0]), start=t)
    live = (time.process_time() - began) / UPDATES
    work = f"{len(PATTERNS)} chart patterns, {SYMBOLS} symbols x {LENGTH} bars"
    return [
        Row(f"{work}, two threads", f"{two * 1e3:.0f} ms by the clock", "none", "", "<= 50 ms"),
        Row(f"{work}, one thread", f"{alone * 1e3:.0f} ms CPU, {alone * 1e9 / SYMBOLS / LENGTH:.0f} ns a bar"),
        Row("one closed bar of one series, a call of its own", f"{live * 1e6:.1f} us"),
    ]
