"""Applies history of a symbol: its series restart from closed bars; forming bars stay, or are seeded from finer ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from services.analysis.kernels import extremes_52w
from services.analysis.kernels.closed_bars import BarRecords, adjusted, context, inputs
from services.analysis.live.domain import ticks
from services.analysis.live.domain.adjustment_factors import AdjustmentFactors
from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.engine_outcome import EngineOutcome, quotes_of, rows_of, stored_bars
from services.analysis.live.domain.layout import DAY, KEEP, TIMEFRAME_CODES, TIMEFRAMES
from services.analysis.live.domain.series_runner import SeriesRunner
from services.analysis.live.domain.state import Floats, Int64s, PartitionState
from shared.events import Bar, IndicatorRow, Timeframe

NOTHING: Final[Mapping[Timeframe, Int64s]] = MappingProxyType({})
TAIL = 500
"""Newest bars and indicator rows of a timeframe that are published after a load."""


def load(
    state: PartitionState,
    series: SeriesRunner,
    calendar: Calendar,
    row: int,
    closed_bars: Mapping[Timeframe, BarRecords],
    ts_init: int,
    *,
    tail: int = TAIL,
    factors: AdjustmentFactors | None = None,
    superseded: Mapping[Timeframe, Int64s] = NOTHING,
) -> EngineOutcome:
    """Replaces the symbol's bars by ``closed_bars``: all closed bars (dtype BAR_RECORD) of each given timeframe.

    A forming bar stays if it ends after the newest closed bar of its timeframe. No signals fire. ``factors`` gives the factors of
    the prices received before; without it they keep theirs. ``superseded`` are close times of removed bars.
    """
    outcome = EngineOutcome()
    record: Any = state.records[row]
    record["reference"] = np.nan  # the next prices are compared with history
    if factors is not None:
        record["quote_by"], record["traded_by"] = (
            factors.of_price(int(record["quote_ts"])),
            factors.of_price(int(record["last_ts"])),
        )
    for timeframe, bars in _given(closed_bars):
        given = adjusted(bars, context(timeframe, closed_bars))
        values = series.rebuild(state, row, TIMEFRAME_CODES[timeframe], given)
        if timeframe in superseded and state.forming[row, TIMEFRAME_CODES[timeframe]]["last_end"] in superseded[timeframe]:
            state.forming[row, TIMEFRAME_CODES[timeframe]]["last_end"] = 0
        fill_window(state, row, timeframe, bars[-KEEP:])
        state.forming[row, TIMEFRAME_CODES[timeframe]]["number"] = len(bars)
        recent = stored_bars(state.symbols[row], timeframe, bars[-tail:], ts_init) if tail else []
        outcome.bars += recent
        outcome.rows += _rows(recent, given.close, series.columns, values)
    _remember_prices(state, row, closed_bars, ts_init)
    if not record["split_suspected"]:  # else the pending bars would be missing
        for code in range(1, len(TIMEFRAMES)):
            seed(state, calendar, row, code, factors)
    if tail:
        outcome.quotes += quotes_of(state, np.array([row]))
    return outcome


def warm_up(state: PartitionState, series: SeriesRunner, row: int, closed_bars: Mapping[Timeframe, BarRecords]) -> None:
    """Warms up the requested indicators of a symbol from all its closed bars of each timeframe; nothing else changes."""
    for timeframe, bars in inputs(closed_bars).items():
        series.warm_up(state, row, TIMEFRAME_CODES[timeframe], bars)


def _given(closed_bars: Mapping[Timeframe, BarRecords]) -> list[tuple[Timeframe, BarRecords]]:
    return [
        (timeframe, closed_bars[timeframe]) for timeframe in TIMEFRAMES if timeframe in closed_bars and len(closed_bars[timeframe])
    ]


def _rows(recent: Sequence[Bar], closes: Floats, columns: Sequence[str], values: Floats) -> list[IndicatorRow]:
    """The rows of the newest bars; ``closes`` (bars,) and ``values`` (bars, columns) are of all bars."""
    first = len(closes) - len(recent)
    return rows_of(recent, closes[first:].tolist(), columns, values[first:])


def fill_window(state: PartitionState, row: int, timeframe: Timeframe, bars: BarRecords) -> None:
    """Fills a window with closed bars and drops a forming bar that ends before they do."""
    code, values, n = TIMEFRAME_CODES[timeframe], adjusted(bars), len(bars)
    for name, window in state.windows._asdict().items():
        window[row, code, :n] = getattr(values, name)
    forming: Any = state.forming[row, code]
    forming["n"], forming["last_end"] = n, max(int(bars["ts_close"][-1]), int(forming["last_end"]))
    if forming["active"] and forming["close_at"] <= forming["last_end"]:
        forming["active"] = 0


def _remember_prices(state: PartitionState, row: int, closed_bars: Mapping[Timeframe, BarRecords], ts_init: int) -> None:
    """Sets day, previous close, 52-week range, last price and the volume's baseline from the newest closed bars."""
    record: Any = state.records[row]
    daily = closed_bars.get(Timeframe.D1)
    if daily is not None and len(daily):
        by, last = daily["split_factor"], daily[-1]
        record["day"] = last["session"]
        for name in ("open", "high", "low", "close"):
            record[f"day_{name}"] = last[name] * by[-1]
        record["day_volume"] = last["volume"] / by[-1]
        record["prev_close"] = daily["close"][-2] * by[-2] if len(daily) > 1 else np.nan
        factor = daily["price_factor"]
        record["year_high"] = (daily["high"] * factor)[-extremes_52w.YEAR :].max()
        record["year_low"] = (daily["low"] * factor)[-extremes_52w.YEAR :].min()
        ticks.measure_range(row, DAY, state.symbol_arrays)
        record["high_52w"], record["low_52w"] = (
            found[-1] for found in extremes_52w.before(daily["high"] * factor, daily["low"] * factor)
        )
    newest = max((bars for bars in closed_bars.values() if len(bars)), key=lambda bars: int(bars["ts_close"][-1]), default=None)
    if newest is not None and newest["ts_close"][-1] > record["quote_ts"]:
        last = newest[-1]
        record["quote_price"], record["quote_by"], record["quote_ts"] = last["close"], last["split_factor"], last["ts_close"]
        record["quote_ts_init"], record["quote_replayed"] = ts_init, last["replayed"]
        record["quote_source"] = max(state.source(str(last["source"])), 0)
    if newest is not None and newest["ts_close"][-1] > record["last_ts"]:
        record["traded"], record["traded_by"] = newest["close"][-1], newest["split_factor"][-1]
    intraday = [bars[-1] for timeframe, bars in closed_bars.items() if TIMEFRAME_CODES[timeframe] < DAY and len(bars)]
    ahead = max(intraday, key=lambda bar: int(bar["ts_close"]), default=None)
    if ahead is not None and ahead["ts_close"] > record["last_ts"]:
        record["volume_session"], record["volume_base"] = ahead["session"], np.nan
    record["fresh"] = 1


def seed(state: PartitionState, calendar: Calendar, row: int, code: int, factors: AdjustmentFactors | None = None) -> None:
    """Makes the forming bar of a timeframe the sum of the finer bars since its last close, where there are any.

    It is raw and in today's shares: without the dividends of its days, which ``factors`` holds.
    """
    base = TIMEFRAMES[code].built_from
    if base is None:
        return
    fine = TIMEFRAME_CODES[base]
    finer: Any = state.forming[row, fine]
    n, active = int(finer["n"]), bool(finer["active"])
    if not n and not active:
        return
    closes = state.windows.ts_close[row, fine, :n]
    inside = int(finer["open_at"]) if active else int(closes[-1]) - 1
    interval = calendar.interval(int(state.records[row]["exchange"]), code, inside)
    forming: Any = state.forming[row, code]
    if interval is None or interval[1] <= forming["last_end"]:
        return
    start, end = interval
    first = int(np.searchsorted(closes, max(start, int(forming["last_end"])), side="right"))
    parts = {
        name: state.windows._asdict()[name][row, fine, first:n].tolist() for name in ("open", "high", "low", "close", "volume")
    }
    if factors is not None and code > DAY:
        price, split = factors.of_bars(closes[first:])
        for name in ("open", "high", "low", "close"):
            parts[name] = (np.array(parts[name]) * split / price).tolist()
    session = int(state.windows.session[row, fine, n - 1]) if n > first else 0
    if active:
        for name, values in parts.items():
            values.append(float(finer[name]))
        session = int(finer["session"])
    if not parts["open"]:
        return
    forming["active"], forming["open_at"], forming["close_at"], forming["session"] = 1, start, end, session
    forming["open"], forming["high"], forming["low"] = parts["open"][0], max(parts["high"]), min(parts["low"])
    forming["close"], forming["volume"] = parts["close"][-1], sum(parts["volume"])
