"""The kind of run ``audit``: what a signal says of past bars, beside what was known when they closed."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec

from services.analysis.research.audit.difference import Difference
from services.analysis.research.audit.signals import Audit
from services.analysis.research.domain.every_rule import every_rule
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.run_record import canonical
from services.analysis.research.domain.runs import Progress, RunData, RunKind, RunResult
from services.analysis.research.domain.signal_names import SignalSpec, read_signal

EVERYTHING: Final = "all"
MOST_LISTED: Final = 10_000
"""Differences in the file."""


class AuditParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for."""

    signal: str = EVERYTHING
    """As in ``read_signal``; ``all``: every rule and chart pattern that runs on the timeframe."""
    bars: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1000
    """Random bars of each instrument, besides those on which something fired."""
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)] = 0


class _Steps:
    """Progress within an instrument."""

    def __init__(self, progress: Progress, instruments: int) -> None:
        self._progress, self._instruments = progress, instruments
        self._done, self._steps, self._expected, self._note = 0, 0, 1, ""

    def begin(self, note: str, expected: int) -> None:
        self._steps, self._expected, self._note = 0, max(expected, 1), note
        self._report()

    def step(self) -> None:
        self._steps += 1
        self._report()

    def end(self) -> None:
        self._done += 1
        self._steps = 0
        self._report()

    def _report(self) -> None:
        self._progress(self._done + min(self._steps / self._expected, 0.99), self._instruments, self._note)


def run(asked: AuditParameters, data: RunData, progress: Progress) -> RunResult:
    """The number of differences, and a file that lists them."""
    signal = _signal(asked, data)
    reads = signal or every_rule(data.request.timeframe)
    market = data.market(signal) if signal else KnownMarket()
    steps = _Steps(progress, len(data.request.symbols))
    audit = Audit(data.kernels, asked.bars, asked.seed, steps.step)
    found, count, instruments, bars = list[Difference](), 0, 0, 0
    for series in data.series(reads):
        steps.begin(series.symbol, min(len(series), asked.bars))
        for each in audit.of(series, signal, market):
            count += 1
            if len(found) < MOST_LISTED:
                found.append(each)
        instruments, bars = instruments + 1, bars + len(series)
        steps.end()
    summary: dict[str, Any] = {
        "signal": signal.text if signal else EVERYTHING,
        "instruments": instruments,
        "bars": bars,
        "random_bars": asked.bars,
        "seed": asked.seed,
        "differences": count,
    }
    return RunResult(summary, {"differences.json": canonical(found)})


def _signal(asked: AuditParameters, data: RunData) -> SignalSpec | None:
    if asked.signal.strip().lower() != EVERYTHING:
        return read_signal(asked.signal, data.request.timeframe)
    return None


AUDIT: Final = RunKind("audit", AuditParameters, run)
