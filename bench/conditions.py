"""User conditions: many at one bar, and one over a series, compared with Python's eval and pandas."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import numpy as np

from bench.engine import best_of
from bench.result import BenchmarkResult
from services.analysis.kernels import machine_code
from services.analysis.kernels.conditions.programs import compile_conditions, evaluated, scanned
from services.analysis.kernels.plan import plan
from services.analysis.kernels.signatures import SeriesKernels
from services.analysis.live.domain.calendar import calendar
from services.analysis.live.domain.engine import Engine, ListedInstrument
from services.analysis.live.domain.series_runner import SeriesRunner
from services.analysis.live.domain.user_conditions import ConditionRequest, condition_set
from shared.calendars import sessions
from shared.conditions import Condition, Number, Operation, SeriesName, parse
from shared.conditions.expression import Elsewhere
from shared.conditions.normal_form import render
from shared.events import Tick, Timeframe

COLUMNS = ("rsi_14", "sma_200", "volume_sma_20")
NAMES = (*COLUMNS, "open", "high", "low", "close", "volume")
ENTRY = "rsi_14 < 30 and close > sma_200 and volume > 2 * volume_sma_20"
EXIT = "rsi_14 > 70 or close < sma_200"
PROGRAMS, BARS, WIDE = 5_000, 2_520, 500


def rows() -> list[BenchmarkResult]:
    """Many conditions at one bar, one condition over a series, and parsing."""
    loops = machine_code.load(Path(".cache/kernels")).core
    return [_one_bar(loops), _timeframes(), _series(loops), _parsing()]


def _one_bar(loops: SeriesKernels) -> BenchmarkResult:
    texts = [f"rsi_14 < {20 + n % 20} and close > sma_200 and volume > {1 + n % 7} * volume_sma_20" for n in range(PROGRAMS)]
    programs, chosen = compile_conditions([parse(text) for text in texts], COLUMNS), np.arange(PROGRAMS)
    now, before = np.random.default_rng(1).random((2, len(NAMES))) * 100
    evaluated(loops, programs, chosen, now, before)
    ours = best_of(lambda: evaluated(loops, programs, chosen, now, before), runs=50)
    codes, facts = [compile(text, "condition", "eval") for text in texts], dict(zip(NAMES, now.tolist(), strict=True))
    peer = best_of(lambda: [eval(code, {}, facts) for code in codes])  # noqa: S307 - the texts are constants of this file
    return BenchmarkResult(
        f"{PROGRAMS:,} conditions of 13 operations at one bar",
        f"{ours * 1e3:.2f} ms",
        f"Python's eval of compiled code {peer * 1e3:.2f} ms",
        f"{ours / peer:.2f} x eval",
        "< 1 ms",
    )


def _timeframes() -> BenchmarkResult:
    """A day of minutes of one instrument with conditions on several timeframes, beside the same day without conditions."""
    plain, with_conditions = _day(()), _day(_wide())
    bars = 60 * 24 + 12 * 24 + 4 * 24 + 24
    return BenchmarkResult(
        f"{WIDE:,} conditions that read the past and other timeframes, a bar of any timeframe",
        f"{(with_conditions - plain) / bars * 1e6:.0f} us",
        f"the bar without conditions {plain / bars * 1e6:.0f} us",
        f"{with_conditions / plain:.1f} x",
    )


def _wide() -> tuple[Condition, ...]:
    close = SeriesName("close")
    found = []
    for n in range(WIDE):
        past = Operation("highest", (close, Number(5.0 + n % 40)))
        hourly = Elsewhere(Operation("sma", (close, Number(3.0 + n % 20))), Timeframe.H1)
        root = Operation("and", (Operation(">", (past, Number(1e9 + n))), Operation(">", (close, hourly))))
        timeframe = (Timeframe.M1, Timeframe.M5, Timeframe.M15)[n % 3]
        found.append(Condition(root, timeframe, f"{render(root)} on {timeframe.word}", (), ("close",)))
    return tuple(found)


def _day(conditions: tuple[Condition, ...]) -> float:
    """Seconds of CPU for a day of an instrument that trades all day."""
    known = {condition.text: condition for condition in conditions}
    found = condition_set([ConditionRequest(text, False, None) for text in known], read=known.__getitem__)
    code = machine_code.load(Path(".cache/kernels"))
    day = sessions("CRYPTO", dt.date(2024, 1, 1), dt.date(2024, 1, 3))
    times, first = calendar({"CRYPTO": day}), int(day.open[0])
    log = [
        Tick(symbol="A", price=100.0 + n % 7, ts_event=first + 60_000 * n, ts_init=first + 60_000 * n, source="bench", seq=n + 1)
        for n in range(60 * 24 + 1)
    ]

    def run() -> None:
        one = Engine(times, {"A": ListedInstrument("CRYPTO", "crypto")}, series)
        one.set_conditions(found)
        one.apply(log)

    series = SeriesRunner(plan(fingerprint=machine_code.kernel_fingerprint()), code)
    run()
    return best_of(run, runs=5)


def _series(loops: SeriesKernels) -> BenchmarkResult:
    import pandas as pd

    values = np.random.default_rng(2).random((len(NAMES), BARS)) * 100
    frame, programs = pd.DataFrame(dict(zip(NAMES, values, strict=True))), compile_conditions([parse(ENTRY), parse(EXIT)], COLUMNS)
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
