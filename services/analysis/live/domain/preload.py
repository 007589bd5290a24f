"""Runs a short made-up log through every kernel, so that all machine code is loaded before the first real tick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.closed_bars import BarRecords, adjusted
from services.analysis.kernels.patterns.layout import COLUMNS
from services.analysis.live.domain.calendar import calendar
from services.analysis.live.domain.chart_patterns import ChartPatterns
from services.analysis.live.domain.engine import Engine, ListedInstrument
from services.analysis.live.domain.layout import CLOSED, TIMEFRAME_CODES
from services.analysis.live.domain.provided_bars import bars_of_history
from services.analysis.live.domain.series_runner import SeriesRunner
from services.analysis.live.domain.user_conditions import ConditionRequest, condition_set
from shared.events import PERIODS, Heartbeat, History, ProviderBar, Tick, Timeframe

DAY_MS = 86_400_000


@dataclass(frozen=True)
class _Sessions:
    date: npt.NDArray[np.int64]
    open: npt.NDArray[np.int64]
    close: npt.NDArray[np.int64]
    period_open: Mapping[Timeframe, npt.NDArray[np.int64]]
    period_close: Mapping[Timeframe, npt.NDArray[np.int64]]


def rehearse_patterns(chart_patterns: ChartPatterns, series: SeriesRunner) -> None:
    """Runs a bar of history and a closed bar through the kernels of chart patterns, then a tick. Runs no kernel of ``series``."""
    engine = _engine(series)
    row = engine.admit("A")
    values, columns = np.full((1, len(COLUMNS)), np.nan), np.arange(len(COLUMNS))
    chart_patterns.rebuild(engine.state, row, TIMEFRAME_CODES[Timeframe.D1], adjusted(_past(), None), values, columns)
    closed = np.zeros(1, CLOSED)
    closed["row"], closed["timeframe"] = row, TIMEFRAME_CODES[Timeframe.D1]
    chart_patterns.advance(engine.state, closed, values, columns)
    engine.apply([_tick()])


def rehearse(series: SeriesRunner) -> int:
    """Loads history, applies ticks and a heartbeat, peeks. Returns the number of bars that closed, one of each timeframe."""
    engine = _engine(series)
    engine.set_conditions(condition_set([ConditionRequest("close > 0 on 1m", False, None)]))
    engine.load("A", {Timeframe.D1: _past()}, DAY_MS)
    heartbeat = Heartbeat(exchange="REHEARSAL", ts_event=2 * DAY_MS, ts_init=2 * DAY_MS, source="rehearsal")
    engine.apply([_tick()])
    engine.peek("A", Timeframe.M1)
    return len(engine.apply([heartbeat]).bars)


def _engine(series: SeriesRunner) -> Engine:
    opens = np.array([DAY_MS], np.int64)
    day = _Sessions(
        np.array([19700102], np.int64), opens, opens + DAY_MS, dict.fromkeys(PERIODS, opens), dict.fromkeys(PERIODS, opens + DAY_MS)
    )
    return Engine(calendar({"REHEARSAL": day}), {"A": ListedInstrument("REHEARSAL", "stock")}, series)


def _past() -> BarRecords:
    bar = ProviderBar(ts_open=1, ts_close=2, open=1.0, high=1.0, low=1.0, close=1.0, volume=0.0)
    history = History(
        symbol="A", exchange="REHEARSAL", timeframe=Timeframe.D1, bars=(bar,), ts_event=2, ts_init=DAY_MS, source="rehearsal"
    )
    return bars_of_history([history], DAY_MS)


def _tick() -> Tick:
    return Tick(symbol="A", price=1.0, ts_event=DAY_MS, ts_init=DAY_MS, source="rehearsal", seq=1)
