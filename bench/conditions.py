"""User conditions: many at one bar, and one over a series, compared with Python's eval and pandas."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from bench.engine import best_of
from bench.result import BenchmarkResult
from services.analysis.kernels import machine_code
from services.analysis.kernels.conditions.programs import compiled, judged, scanned
from services.analysis.kernels.signatures import SeriesKernels
from shared.conditions import parse

COLUMNS = ("rsi_14", "sma_200", "volume_sma_20")
NAMES = (*COLUMNS, "open", "high", "low", "close", "volume")
ENTRY = "rsi_14 < 30 and close > sma_200 and volume > 2 * volume_sma_20"
EXIT = "rsi_14 > 70 or close < sma_200"
PROGRAMS, BARS = 5_000, 2_520


def rows() -> list[BenchmarkResult]:
    """Many conditions at one bar, one condition over a series, and parsing."""
    loops = machine_code.load(Path(".cache/kernels")).core
    return [_one_bar(loops), _series(loops), _parsing()]


def _one_bar(loops: SeriesKernels) -> BenchmarkResult:
    texts = [f"rsi_14 < {20 + n % 20} and close > sma_200 and volume > {1 + n % 7} * volume_sma_20" for n in range(PROGRAMS)]
    programs, chosen = compiled([parse(text) for text in texts], COLUMNS), np.arange(PROGRAMS)
    now, before = np.random.default_rng(1).random((2, len(NAMES))) * 100
    judged(loops, programs, chosen, now, before)
    ours = best_of(lambda: judged(loops, programs, chosen, now, before), runs=50)
    codes, facts = [compile(text, "condition", "eval") for text in texts], dict(zip(NAMES, now.tolist(), strict=True))
    peer = best_of(lambda: [eval(code, {}, facts) for code in codes])  # noqa: S307 - the texts are constants of this file
    return BenchmarkResult(
        f"{PROGRAMS:,} conditions of 13 operations at one bar",
        f"{ours * 1e3:.2f} ms",
        f"Python's eval of compiled code {peer * 1e3:.2f} ms",
        f"{ours / peer:.2f} x eval",
        "< 1 ms",
    )


def _series(loops: SeriesKernels) -> BenchmarkResult:
    import pandas as pd

    values = np.random.default_rng(2).random((len(NAMES), BARS)) * 100
    frame, programs = pd.DataFrame(dict(zip(NAMES, values, strict=True))), compiled([parse(ENTRY), parse(EXIT)], COLUMNS)
    scanned(loops, programs, 0, values)
    ours = best_of(lambda: [scanned(loops, programs, number, values) for number in range(2)], time.perf_counter, runs=50)
    peer = best_of(lambda: [frame.eval(text) for text in (ENTRY, EXIT)], time.perf_counter)
    return BenchmarkResult(
        f"an entry of 13 and an exit of 7 operations over {BARS:,} bars, by the clock",
        f"{ours * 1e6:.0f} us",
        f"pandas eval {peer * 1e6:,.0f} us",
        f"{ours / peer:.3f} x pandas",
        "",
    )


def _parsing() -> BenchmarkResult:
    parse(ENTRY)
    return BenchmarkResult(
        "reading a condition: grammar, checks, normal form", f"{best_of(lambda: parse(ENTRY), runs=50) * 1e6:.0f} us"
    )
