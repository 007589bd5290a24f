"""The kind of run ``discovery``: sequences and combinations of signals with an edge out of sample."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final

import msgspec
import numpy as np

from services.analysis.research.discovery.candidate import signal_text
from services.analysis.research.discovery.past import Past
from services.analysis.research.discovery.reading import STEPS, past, state_texts
from services.analysis.research.discovery.search import Judged, Search, SearchRange, search
from services.analysis.research.domain.data_request import DataRequestError
from services.analysis.research.domain.every_rule import every_rule
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.run_record import RunError, canonical
from services.analysis.research.domain.runs import Progress, RunData, RunKind, RunResult
from services.analysis.research.domain.signal_names import SignalSpec, read_signal
from services.analysis.research.quality.evidence import wilson
from services.analysis.research.quality.machine_code import load_quality
from services.analysis.research.quality.windows import HORIZONS
from shared.events import Timeframe
from shared.run_options.discovery import DiscoveryOptions

BENCHMARK: Final = "benchmark"
USUAL_INDEX: Final = "SPY"
NO_INDEX: Final = "none"
_INDEX: Final = re.compile(r"[A-Za-z0-9^.=_-]{0,32}")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate that was judged, with its record on the rest of the past. Shares, not per cent."""

    signal: str
    """A sequence or a condition, as ``read_signal`` takes it."""
    sequence: bool
    direction: str
    horizon_bars: int
    first_n: int
    """Signals of the first part, and their edge."""
    first_edge: float
    n: int
    dates: int
    effective_n: int
    win_rate: float
    win_rate_low: float
    win_rate_high: float
    mean_return: float
    base_rate: float
    worst: float
    adverse: float
    years: float
    """From the split to the newest bar."""
    p_value: float
    q_value: float
    tried: int
    validated: bool


def check(asked: DiscoveryOptions, timeframe: Timeframe) -> None:
    """Raises RunError, which names the field and the value."""
    if not _INDEX.fullmatch(asked.index):
        raise RunError(f"index: {asked.index[:32]!r} is no symbol", "value-form", value=asked.index[:32])
    if timeframe.row.rules == "none":
        raise RunError(
            f"timeframe: no rule runs on {timeframe.word}, so that there is nothing to combine",
            "timeframe-none",
            timeframe=timeframe.word,
        )


def run(asked: DiscoveryOptions, data: RunData, progress: Progress) -> RunResult:
    """The findings, and a file with every candidate that was judged."""
    timeframe = data.request.timeframe
    check(asked, timeframe)
    reads = every_rule(timeframe)
    states, market = _states(asked.index, data)
    signals = [read_signal(f"{each} on {timeframe.word}", timeframe) for each in states]
    pasts, as_of = list[Past](), 0
    for series in data.series(reads, *signals):
        pasts.append(past(data.kernels, series, signals, market, asked.within))
        as_of = max(as_of, int(series.ts_close[-1]))
        progress(len(pasts), len(data.request.symbols), series.symbol)
    horizons = (asked.horizon,) if asked.horizon else HORIZONS
    wanted = SearchRange(asked.size, asked.least, asked.share, asked.most, horizons, asked.cost_bps / 10_000)
    found = search(pasts, STEPS, wanted, load_quality(data.kernels.code.folder), progress)
    listed = [_finding(each, found, states, asked.within, timeframe) for each in found.judged]
    validated = [each for each in listed if each.validated]
    summary: dict[str, Any] = {
        "instruments": len(pasts),
        "split": _date(found),
        "states": states,
        "frequent": found.frequent,
        "tried": len(listed),
        "validated": len(validated),
        "findings": validated[:100],
        "cost_bps": asked.cost_bps,
        "as_of": as_of,
    }
    return RunResult(summary, {"candidates.json": canonical(listed)})


def _states(index: str, data: RunData) -> tuple[tuple[str, ...], KnownMarket]:
    """The states of the market, and what they read. An index that was asked for must be there."""
    usual = BENCHMARK if data.request.source == "stored" else USUAL_INDEX
    states = state_texts("" if index == NO_INDEX else index or usual)
    signals: list[SignalSpec] = [read_signal(f"{each} on {data.request.timeframe.word}", data.request.timeframe) for each in states]
    if not signals:
        return (), KnownMarket()
    try:
        return states, data.market(*signals)
    except DataRequestError as error:
        if index:
            raise DataRequestError.like(error, f"index: {str(error).rpartition(': ')[2]}") from error
        return (), KnownMarket()


def _date(found: Search) -> str:
    return (dt.date(1970, 1, 1) + dt.timedelta(days=found.split)).isoformat()


def _finding(judged: Judged, found: Search, states: tuple[str, ...], within: int, timeframe: Timeframe) -> Finding:
    first, rate = judged.first, judged.wins / judged.signals if judged.signals else 0.0
    low, high = (each.item() for each in wilson(np.array(rate), np.array(float(judged.effective))))
    return Finding(
        signal=signal_text(first.candidate, STEPS, states, within, timeframe),
        sequence=first.candidate.is_sequence,
        direction="up" if first.direction > 0 else "down",
        horizon_bars=first.horizon,
        first_n=first.signals,
        first_edge=first.edge,
        n=judged.signals,
        dates=judged.dates,
        effective_n=judged.effective,
        win_rate=rate,
        win_rate_low=low,
        win_rate_high=high,
        mean_return=judged.mean,
        base_rate=judged.base,
        worst=judged.worst,
        adverse=judged.adverse,
        years=round((found.end - found.split) / 365.25, 2),
        p_value=judged.p_value,
        q_value=judged.q_value,
        tried=len(found.judged),
        validated=judged.validated,
    )


DISCOVERY: Final = RunKind("discovery", DiscoveryOptions, run)
