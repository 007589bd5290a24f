"""A kind of run for tests: counts where a signal fired, as slowly as it is asked to."""

from __future__ import annotations

import time
from pathlib import Path
from types import MappingProxyType

import msgspec
import numpy as np

from services.analysis.research.domain.firings import firings
from services.analysis.research.domain.run_record import RunError, canonical
from services.analysis.research.domain.runs import Progress, RunData, RunKind, RunResult
from services.analysis.research.domain.signal_names import read_signal


class CountParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    entry: str
    exit: str = ""
    direction: str = "long"
    wait_for: str = ""
    """A file: each instrument waits until it exists."""
    began: str = ""
    """A file to which each process that begins writes a line."""


def run(asked: CountParameters, data: RunData, progress: Progress) -> RunResult:
    if asked.entry == "refuse":
        raise RunError("entry: 'refuse' is refused", "value-wrong", value=asked.entry)
    if asked.entry == "defect":
        raise ZeroDivisionError("a defect")
    if asked.began:
        with Path(asked.began).open("a") as file:
            file.write("began\n")
    signal = read_signal(asked.entry, data.request.timeframe)
    market, counts = data.market(signal), {}
    for done, series in enumerate(data.series(signal), 1):
        while asked.wait_for and not Path(asked.wait_for).exists():
            time.sleep(0.02)
        counts[series.symbol] = int(np.count_nonzero(firings(data.kernels, series, signal, market)))
        progress(done, len(data.request.symbols), series.symbol)
    return RunResult({"fired": counts, "mean": float("nan")}, {"counts.json": canonical(counts)})


COUNT = RunKind("backtest", CountParameters, run)
KINDS = MappingProxyType({"backtest": "tests.research.kinds:COUNT"})
